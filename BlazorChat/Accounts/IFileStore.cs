namespace BlazorChat.Accounts;

/// <summary>Where files are kept, by names that this application generates.</summary>
public interface IFileStore
{
    /// <summary>Stores a file whole; nobody sees a part of it.</summary>
    Task SaveAsync(string folder, string name, ReadOnlyMemory<byte> content);

    /// <summary>Opens a file to read; <see langword="null"/> if there is none.</summary>
    Stream? OpenRead(string folder, string name);

    /// <summary>Deletes a file if it exists.</summary>
    void Delete(string folder, string name);
}
