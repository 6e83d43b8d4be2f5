namespace BlazorChat.Accounts;

/// <summary>Files below the data directory.</summary>
public sealed class DiskFileStore(string root) : IFileStore
{
    /// <inheritdoc/>
    public async Task SaveAsync(string folder, string name, ReadOnlyMemory<byte> content)
    {
        var path = PathOf(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllBytesAsync(unfinished, content);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(unfinished);
            throw new RefusedException(Refusal.Unavailable, "The file could not be stored. Try again later.", e);
        }
    }

    /// <inheritdoc/>
    public Stream? OpenRead(string folder, string name)
    {
        try
        {
            return new FileStream(PathOf(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 4096, useAsync: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Delete(string folder, string name)
    {
        try
        {
            File.Delete(PathOf(folder, name));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever stored there.
        }
    }

    // Names are generated, never typed; this is the second lock on the door.
    private string PathOf(string folder, string name) =>
        IsPlain(folder) && IsPlain(name) ? Path.Combine(root, folder, name) : throw new ArgumentException("Not a generated file name.");

    private static bool IsPlain(string part) =>
        part.Length is > 0 and < 100 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
