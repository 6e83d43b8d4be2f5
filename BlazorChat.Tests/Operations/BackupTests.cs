using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace BlazorChat.Tests.Operations;

public sealed class BackupTests
{
    [Fact]
    public async Task WriteAsync_WhilePeoplePost_RestoresEverythingAcknowledgedBefore()
    {
        await using var host = await ChatHost.StartAsync();
        await host.Get<ProfileService>().RenameAsync(host.Ann, "Anna");
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(host.DirectoryPath, "avatars")).FullName, "a.webp"), "image");
        var target = Directory.CreateTempSubdirectory("blazorchat-restored-").FullName;
        var archive = new FileInfo(Path.Combine(target, "archive.zip"));
        var backup = new Backup(host.Get<IDbContextFactory<ChatDbContext>>(), host.Get<DataDirectory>());
        long acknowledged = 0;
        var posting = true;
        var posts = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref posting))
            {
                await host.Messages.PostAsync(host.Ann, host.General, "while it runs");
                Interlocked.Increment(ref acknowledged);
            }
        })).ToArray();
        await Wait.Until(() => Interlocked.Read(ref acknowledged) > 100);

        var before = Interlocked.Read(ref acknowledged);
        await backup.WriteAsync(archive, CancellationToken.None);
        Volatile.Write(ref posting, false);
        await Task.WhenAll(posts);
        var empty = new DataDirectory(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Chat:DataDirectory"] = Path.Combine(target, "data") }).Build());
        var restore = new Backup(host.Get<IDbContextFactory<ChatDbContext>>(), empty);
        archive.Refresh();
        await restore.RestoreAsync(archive, CancellationToken.None);

        await ChatHost.RefusedAsync(Refusal.Invalid, () => restore.RestoreAsync(archive, CancellationToken.None));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => backup.WriteAsync(archive, CancellationToken.None));
        Assert.Equal("image", await File.ReadAllTextAsync(empty.Combine(Path.Combine("avatars", "a.webp"))));
        Assert.Empty(Directory.GetFiles(host.DirectoryPath, "backup-*"));
        await using (var restored = await ChatHost.StartAsync(empty.Path))
        {
            Assert.Equal("ok", restored.Scalar<string>("PRAGMA integrity_check"));
            var count = restored.Scalar<long>("SELECT count(*) FROM Messages");
            Assert.InRange(count, before, Interlocked.Read(ref acknowledged));
            Assert.Equal((count, count), (restored.Scalar<long>("SELECT max(Seq) FROM Messages"), restored.Scalar<long>("SELECT LastSeq FROM Rooms")));
            restored.Execute("INSERT INTO MessageSearch (MessageSearch, rank) VALUES ('integrity-check', 1)");
            Assert.Equal(count, restored.Scalar<long>("SELECT count(*) FROM MessageSearch WHERE MessageSearch MATCH 'run'"));
            Assert.Equal(count + 1, (await restored.Messages.PostAsync(restored.Ann, restored.General, "and on")).Seq);
        }

        Directory.Delete(target, recursive: true);
    }
}
