using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using BlazorChat.Data;
using BlazorChat.Notifications.WebPush;
using BlazorChat.Operations;
using BlazorChat.Tests.Journeys;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Notifications;

/// <summary>The key that browsers allow: made once, kept, and what is signed with it.</summary>
public sealed class VapidTests
{
    // RFC 8292, section 2.4.
    private const string Example = "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1ha"
        + "Wx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, "
        + "k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";

    private static readonly DateTimeOffset ExampleTime = DateTimeOffset.FromUnixTimeSeconds(1_453_523_768);

    [Fact]
    public void Verify_TheExampleOfRfc8292_IsWhatItSays()
    {
        var claims = VapidClaims.Verify(Example, "https://push.example.net", ExampleTime.AddHours(-23));
        Assert.Equal(("https://push.example.net", ExampleTime, "mailto:push@example.com"), (claims.Audience, claims.ExpiresAt, claims.Subject));
    }

    [Fact]
    public void Verify_AnythingElse_IsRefused()
    {
        // Were this verifier lenient, the others here would prove nothing.
        Assert.Throws<UnknownSenderException>(() => VapidClaims.Verify(Example, "https://push.example.org", ExampleTime.AddHours(-23)));
        Assert.Throws<UnknownSenderException>(() => VapidClaims.Verify(Example, "https://push.example.net", ExampleTime));
        Assert.Throws<UnknownSenderException>(() => VapidClaims.Verify(Example, "https://push.example.net", ExampleTime.AddHours(-25)));
        Assert.Throws<UnknownSenderException>(() => VapidClaims.Verify(Example.Replace(".i3CY", ".i3CX"), "https://push.example.net", ExampleTime.AddHours(-23)));
        Assert.Throws<UnknownSenderException>(() => VapidClaims.Verify("Bearer x", "https://push.example.net", ExampleTime.AddHours(-23)));
    }

    [Theory]
    [InlineData("https://fcm.googleapis.com/fcm/send/secret", "https://fcm.googleapis.com")]
    [InlineData("https://fcm.googleapis.com:443/fcm/send/secret", "https://fcm.googleapis.com")]
    [InlineData("https://push.example.org:8443/x?y=z", "https://push.example.org:8443")]
    [InlineData("http://127.0.0.1:4000/x", "http://127.0.0.1:4000")]
    [InlineData("http://[::1]:4000/x", "http://[::1]:4000")]
    public async Task HeaderFor_APushService_IsVerifiedByIt(string endpoint, string origin)
    {
        await using var host = WebPushHost.With(("Push:Subject", "mailto:push@chat.example"));
        var claims = VapidClaims.Verify(host.Get<VapidTokens>().HeaderFor(new Uri(endpoint)), origin, host.Time.GetUtcNow());
        Assert.Equal((host.Keys.PublicKey, "mailto:push@chat.example"), (claims.PublicKey, claims.Subject));
    }

    [Fact]
    public async Task HeaderFor_TheSamePushService_IsUsedAgainAndRenewedInTime()
    {
        await using var host = WebPushHost.With();
        var tokens = host.Get<VapidTokens>();
        const string Origin = "https://web.push.apple.com";
        var first = tokens.HeaderFor(new Uri(Origin + "/a"));
        Assert.Same(first, tokens.HeaderFor(new Uri(Origin + "/b")));
        Assert.NotEqual(first, tokens.HeaderFor(new Uri("https://fcm.googleapis.com/a")));
        for (var hour = 0; hour < 72; hour++)
        {
            host.Time.Advance(TimeSpan.FromHours(1));
            var claims = VapidClaims.Verify(tokens.HeaderFor(new Uri(Origin + "/a")), Origin, host.Time.GetUtcNow());
            Assert.True(claims.ExpiresAt - host.Time.GetUtcNow() >= TimeSpan.FromMinutes(30));
        }
    }

    [Fact]
    public async Task HeaderFor_NamesWithoutEnd_DoNotFillTheMemory()
    {
        await using var host = WebPushHost.With();
        var tokens = host.Get<VapidTokens>();
        for (var i = 0; i < 600; i++)
        {
            var origin = $"https://a{i}.push.apple.com";
            VapidClaims.Verify(tokens.HeaderFor(new Uri(origin + "/x")), origin, host.Time.GetUtcNow());
        }
    }

    [Fact]
    public async Task PublicKey_OfAFirstStart_IsAPointAndStays()
    {
        await using var host = WebPushHost.With();
        var key = host.Keys.PublicKey;
        Assert.Equal(87, key.Length);
        Assert.True(PushEncryption.Accepts(Base64Url.DecodeFromChars(key), new byte[16]));
        await using var again = host.Beside();
        Assert.Equal(key, again.Keys.PublicKey);
        await using var other = WebPushHost.With();
        Assert.NotEqual(key, other.Keys.PublicKey);
    }

    [Fact]
    public async Task KeyFile_HoldsNothingReadable_AndIsItsOwnersAlone()
    {
        await using var host = WebPushHost.With();
        var key = host.Keys.PublicKey;
        var stored = await File.ReadAllBytesAsync(host.KeyFile);
        Assert.DoesNotContain(Convert.ToHexString(Base64Url.DecodeFromChars(key)[1..]), Convert.ToHexString(stored), StringComparison.Ordinal);
        Assert.Equal([host.KeyFile], Directory.GetFiles(Path.GetDirectoryName(host.KeyFile)!));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.KeyFile));
        }
    }

    [Fact]
    public async Task PublicKey_MadeByManyAtOnce_IsOne()
    {
        await using var first = WebPushHost.With();
        WebPushHost[] others = [.. Enumerable.Range(0, 8).Select(_ => first.Beside())];
        var keys = await Task.WhenAll(others.Select(o => Task.Run(() => o.Keys.PublicKey)));
        Assert.Equal([first.Keys.PublicKey], keys.Distinct());
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task PublicKey_AfterADeathWhileItWasWritten_IsMade()
    {
        await using var host = WebPushHost.With();
        Directory.CreateDirectory(Path.GetDirectoryName(host.KeyFile)!);
        await File.WriteAllTextAsync(host.KeyFile + ".partial", "half");
        Assert.Equal(87, host.Keys.PublicKey.Length);
        Assert.Equal([host.KeyFile], Directory.GetFiles(Path.GetDirectoryName(host.KeyFile)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task PublicKey_StoredUnderOtherKeys_SaysWhatToDo_AndIsNotOverwritten(string? content)
    {
        await using var host = WebPushHost.With();
        var key = host.Keys.PublicKey;
        if (content is null)
        {
            Directory.Delete(Path.Combine(host.DirectoryPath, "keys"), recursive: true);
        }
        else
        {
            await File.WriteAllTextAsync(host.KeyFile, content);
        }

        var stored = await File.ReadAllBytesAsync(host.KeyFile);
        await using var again = host.Beside();
        var exception = Assert.Throws<PushKeyException>(() => again.Keys.PublicKey);
        Assert.Contains(host.KeyFile, exception.Message, StringComparison.Ordinal);
        Assert.Contains("delete the file", exception.Message, StringComparison.Ordinal);
        Assert.Equal(stored, await File.ReadAllBytesAsync(host.KeyFile));

        // As it says.
        File.Delete(host.KeyFile);
        await using var after = host.Beside();
        Assert.NotEqual(key, after.Keys.PublicKey);
    }

    [Fact]
    public async Task KeyFile_ComesBackWithABackup()
    {
        await using var host = await ChatHost.StartAsync();
        var key = host.Get<VapidKeys>().PublicKey;
        var target = Directory.CreateTempSubdirectory("blazorchat-restored-").FullName;
        var archive = new FileInfo(Path.Combine(target, "archive.zip"));
        await new Backup(host.Get<IDbContextFactory<ChatDbContext>>(), host.Get<DataDirectory>()).WriteAsync(archive, CancellationToken.None);
        await ZipFile.ExtractToDirectoryAsync(archive.FullName, Path.Combine(target, "data"));
        await using (var restored = await ChatHost.StartAsync(Path.Combine(target, "data")))
        {
            Assert.Equal(key, restored.Get<VapidKeys>().PublicKey);
        }

        Directory.Delete(target, recursive: true);
    }

    [Fact]
    public async Task Command_ShowsTheServersKey_AlsoWhereBothStartAtOnce_AndSaysWhatItDoes()
    {
        await using var server = new ServerProcess();
        var starting = server.StartAsync();
        var shown = await Task.WhenAll(CommandAsync(server, "vapid-keys"), CommandAsync(server, "vapid-keys"));
        await starting;
        var key = Assert.Single(shown.Select(s => s.Output.TrimEnd().Split('\n')[^1]).Distinct());
        Assert.Equal(65, Base64Url.DecodeFromChars(key).Length);
        Assert.Equal(key, (await CommandAsync(server, "vapid-keys")).Output.TrimEnd().Split('\n')[^1]);

        var help = await CommandAsync(server, "vapid-keys", "--help");
        Assert.Equal(0, help.Code);
        Assert.Contains("public key", help.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "push", "vapid.key"), "nonsense");
        var failed = await CommandAsync(server, "vapid-keys");
        Assert.Equal(1, failed.Code);
        Assert.Contains("delete the file", failed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", failed.Error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> CommandAsync(ServerProcess server, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["Chat__DataDirectory"] = server.DataDirectory;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }
}
