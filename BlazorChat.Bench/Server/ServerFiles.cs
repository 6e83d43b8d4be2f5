using System.Diagnostics;

namespace BlazorChat.Bench.Server;

/// <summary>Where the built server lies.</summary>
internal static class ServerFiles
{
    private const string Assembly = "BlazorChat.dll";

    /// <summary>The server as it was built beside this program, or in a directory that the caller names.</summary>
    public static string Built(string? directory)
    {
        var path = Path.GetFullPath(Path.Combine(directory ?? AppContext.BaseDirectory, Assembly));
        return File.Exists(path) ? path : throw new FileNotFoundException($"There is no {Assembly} at {path}.");
    }

    /// <summary>
    /// The server as it is published: only there are the assets compressed as visitors get them.
    /// Publishing is incremental, so a second run takes a few seconds.
    /// </summary>
    public static async Task<string> PublishAsync(CancellationToken cancellation)
    {
        var solution = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(solution, "BlazorChat.sln")))
        {
            solution = Path.GetDirectoryName(solution)
                ?? throw new InvalidOperationException("Not inside the solution: name a published server with --server.");
        }

        var output = Path.Combine(AppContext.BaseDirectory, "published");
        using var publish = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", Path.Combine(solution, "BlazorChat"), "-c", "Release", "-o", output, "--nologo", "-v", "quiet"]))!;
        await publish.WaitForExitAsync(cancellation);
        return publish.ExitCode == 0 ? Built(output) : throw new InvalidOperationException("Publishing failed.");
    }
}
