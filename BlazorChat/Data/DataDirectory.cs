namespace BlazorChat.Data;

/// <summary>
/// Where everything that must survive lives: the database, uploads and keys. From <c>Chat:DataDirectory</c>; by default
/// <c>data</c> beside the solution when run from source, and beside the program when published.
/// </summary>
public sealed class DataDirectory
{
    // The database and the keys that protect cookies: nobody else on this machine is to read them.
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Finds the directory, and creates one that only this user can read. Who may read one that exists is the operator's choice.</summary>
    public DataDirectory(IConfiguration configuration)
    {
        var configured = configuration["Chat:DataDirectory"];
        Path = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(configured) ? Default() : configured);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, Private);
        }
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>A file or folder inside it.</summary>
    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    private static string Default()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "BlazorChat.sln")))
            {
                return System.IO.Path.Combine(folder.FullName, "data");
            }
        }

        return System.IO.Path.Combine(AppContext.BaseDirectory, "data");
    }
}
