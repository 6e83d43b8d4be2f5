using System.IO.Compression;
using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Operations;

/// <summary>Everything that must survive, in one archive: a consistent copy of the database, uploads, and keys.</summary>
public sealed class Backup(IDbContextFactory<ChatDbContext> contexts, DataDirectory directory)
{
    private const string Database = "chat.db";

    /// <summary>Writes the archive. The server may run: the database is copied as of one moment.</summary>
    /// <exception cref="RefusedException">The file exists, or there is no database.</exception>
    public async Task WriteAsync(FileInfo archive, CancellationToken cancel)
    {
        if (archive.Exists || !File.Exists(directory.Combine(Database)))
        {
            throw RefusedException.Invalid(archive.Exists ? $"{archive.Name} exists already." : "There is no database to back up.");
        }

        var copy = directory.Combine($"backup-{Guid.NewGuid():N}.db");
        try
        {
            await using (var db = await contexts.CreateDbContextAsync(cancel))
            {
                await db.Database.ExecuteSqlAsync($"VACUUM INTO {copy}", cancel);
            }

            var partial = archive.FullName + ".partial";
            await using (var zip = await ZipFile.OpenAsync(partial, ZipArchiveMode.Create, cancel))
            {
                await zip.CreateEntryFromFileAsync(copy, Database, cancel);
                foreach (var file in Directory.EnumerateFiles(directory.Path, "*", SearchOption.AllDirectories).Where(IsKept))
                {
                    await zip.CreateEntryFromFileAsync(file, Path.GetRelativePath(directory.Path, file), cancel);
                }
            }

            File.Move(partial, archive.FullName);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Unpacks an archive into the data directory.</summary>
    /// <exception cref="RefusedException">The data directory has a database already, or the archive has none.</exception>
    public async Task RestoreAsync(FileInfo archive, CancellationToken cancel)
    {
        if (!archive.Exists || File.Exists(directory.Combine(Database)))
        {
            throw RefusedException.Invalid(archive.Exists
                ? "The data directory has a database already. Restore into an empty one."
                : $"There is no file {archive.Name}.");
        }

        await using var zip = await ZipFile.OpenReadAsync(archive.FullName, cancel);
        if (zip.GetEntry(Database) is null)
        {
            throw RefusedException.Invalid("This archive is not a backup: it has no database.");
        }

        // Unpacking refuses entries that would land outside the directory.
        await zip.ExtractToDirectoryAsync(directory.Path, overwriteFiles: true, cancel);
    }

    /// <summary>Files beside the database; the database itself comes as a consistent copy.</summary>
    private bool IsKept(string file) =>
        Path.GetDirectoryName(file) != directory.Path;
}
