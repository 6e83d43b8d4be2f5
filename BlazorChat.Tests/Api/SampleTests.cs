using System.Collections.Concurrent;
using System.Diagnostics;
using BlazorChat.Tests.Journeys;

namespace BlazorChat.Tests.Api;

/// <summary>The README's sample clients do what it says of them.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData("Client.cs", "csharp")]
    [InlineData("client.mjs", "js")]
    public void Readme_ShowsTheSampleAsItIs_InUnder40Lines(string file, string language)
    {
        var source = File.ReadAllText(Path.Combine(Samples, file));
        Assert.InRange(source.Split('\n').Length - 1, 1, 39);
        Assert.Contains($"```{language}\n{source}```\n", File.ReadAllText(Path.Combine(ServerProcess.Root, "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet", "run", "Client.cs")]
    [InlineData("node", "client.mjs")]
    public async Task Sample_JoinsPrintsAndSends_AndAfterARestartOfTheServerPrintsWhatItMissed(string program, params string[] arguments)
    {
        if (program == "node" && !Directory.Exists(Path.Combine(Samples, "node_modules")))
        {
            const string Missing = "Node.js, or the sample's package, is not installed: ./test installs it.";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", Missing);
            Assert.Fail(Missing);
        }

        await using var server = await SeededServer.StartAsync(2);
        var (me, other) = (server.People[0], server.People[1]);
        using var sample = new Sample(program, [.. arguments, server.Process.Address.ToString().TrimEnd('/'), $"{server.General}"], me.Token!);
        await sample.PrintsAsync("Joined.");

        var heard = await other.SayAsync(server.General, "Hello, sample");
        await sample.PrintsAsync(Line(heard));
        await sample.TypeAsync("Hello, people");
        await sample.PrintsAsync($"{Seq(heard) + 1} {me.Name}: Hello, people");

        // At once after the start, before the sample tries again: it has to fetch this one.
        await server.Process.KillAsync();
        await sample.TypeAsync("Typed while away");
        await server.Process.StartAsync();
        var missed = await other.SayAsync(server.General, "Said while away");
        await sample.PrintsAsync(Line(missed));
        await sample.PrintsAsync($" {me.Name}: Typed while away");
        var last = await other.SayAsync(server.General, "And on");
        await sample.PrintsAsync(Line(last));

        var numbers = sample.Lines.Skip(1).Select(l => long.Parse(l.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(0, 5).Select(i => Seq(heard) + i), numbers);
        Assert.Empty(sample.Errors);

        string Line(System.Text.Json.JsonElement message) => $"{Seq(message)} {other.Name}: {message.GetProperty("text").GetString()}";

        static long Seq(System.Text.Json.JsonElement message) => message.GetProperty("seq").GetInt64();
    }

    private static string Samples => Path.Combine(ServerProcess.Root, "docs", "samples");

    /// <summary>A sample in a process of its own.</summary>
    private sealed class Sample : IDisposable
    {
        private readonly Process _process;
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly ConcurrentQueue<string> _errors = new();

        public Sample(string program, string[] arguments, string token)
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Samples, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment["CHAT_TOKEN"] = token;
            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, e) => Note(_lines, e.Data);
            _process.ErrorDataReceived += (_, e) => Note(_errors, e.Data);
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public IReadOnlyList<string> Lines => [.. _lines];

        public IReadOnlyList<string> Errors => [.. _errors];

        public async Task PrintsAsync(string line)
        {
            try
            {
                await Wait.UntilAsync(async () =>
                {
                    await Task.Delay(10);
                    Assert.False(_process.HasExited, "The sample ended.");
                    return _lines.Any(l => l == line || (line[0] == ' ' && l.EndsWith(line, StringComparison.Ordinal)));
                });
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Waited for '{line}', got:\n{string.Join('\n', [.. _lines, .. _errors])}", e);
            }
        }

        public async Task TypeAsync(string line)
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }

        public void Dispose()
        {
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }

        private static void Note(ConcurrentQueue<string> lines, string? line)
        {
            if (!string.IsNullOrEmpty(line))
            {
                lines.Enqueue(line);
            }
        }
    }
}
