using BlazorChat.Data;
using Microsoft.Extensions.Configuration;

namespace BlazorChat.Tests.Operations;

public sealed class DataDirectoryTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Shared = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    [Fact]
    public void New_DirectoryIsMissing_IsMadeForThisUserAlone_AndOneThatExistsIsLeftAsItIs()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        var parent = Directory.CreateTempSubdirectory("blazorchat-directory-").FullName;
        var path = Path.Combine(parent, "srv", "chat");
        Assert.Equal((path, Private), (Open(path), File.GetUnixFileMode(path)));

        File.SetUnixFileMode(path, Shared);
        Assert.Equal((path, Shared), (Open(path), File.GetUnixFileMode(path)));
        Directory.Delete(parent, recursive: true);
    }

    private static string Open(string path) => new DataDirectory(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Chat:DataDirectory"] = path }).Build()).Path;
}
