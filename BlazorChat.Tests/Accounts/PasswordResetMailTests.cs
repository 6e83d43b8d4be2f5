using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Mail;
using BlazorChat.Tests.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Links for new passwords by e-mail: who gets one, and that a wish is kept until it is fulfilled.</summary>
public sealed class PasswordResetMailTests : IAsyncLifetime
{
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.7");

    private MailReceiver _receiver = null!;
    private ChatHost _host = null!;
    private Actor _bob = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await MailReceiver.StartAsync();
        _host = await ChatHost.StartAsync(ByMail);
        _bob = await _host.AddAsync("Bob");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task RequestAsync_KnownAddress_GetsOneLink()
    {
        var asked = _host.Time.GetUtcNow();
        await AskAsync(" Bob@Example.com ");
        var mail = Assert.Single(await _receiver.ReceivesAsync());
        Assert.Equal(("Bob", "Bob@example.com", "Set a new password for Harbour"),
            (mail.Message.To.Mailboxes.Single().Name, mail.Message.To.Mailboxes.Single().Address, mail.Message.Subject));
        Assert.Equal($"password-{_bob.UserId}-{asked.ToUnixTimeMilliseconds()}@example.com", mail.Message.MessageId);
        Assert.DoesNotContain("List-Unsubscribe", mail.Raw, StringComparison.Ordinal);
        var link = Assert.Single(mail.Links);
        Assert.StartsWith($"https://chat.example.com/account/reset-password?user={_bob.UserId}&token=", link, StringComparison.Ordinal);
        Assert.Contains(link, mail.Text, StringComparison.Ordinal);
        await NoneWaitsAsync();

        // The link is in the e-mail and nowhere else.
        var token = link[(link.IndexOf("token=", StringComparison.Ordinal) + 6)..];
        Assert.True(await _host.Get<PasswordResetService>().IsValidAsync(_bob.UserId, Uri.UnescapeDataString(token)));
        Assert.DoesNotContain(token[..40], System.Text.Encoding.Latin1.GetString(await _host.StoredBytesAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestAsync_AnyAddress_IsAnsweredInTheSameTime()
    {
        Task[] asked = [Requests.RequestAsync("bob@example.com", Address), Requests.RequestAsync("nobody@example.com", Address)];
        await _receiver.ReceivesAsync();
        await NoneWaitsAsync();
        Assert.All(asked, a => Assert.False(a.IsCompleted));
        _host.Time.Advance(PasswordResetRequests.Floor);
        await Task.WhenAll(asked).WaitAsync(Wait.Limit);
        Assert.Single(_receiver.Mails);
    }

    [Theory]
    [InlineData("nobody@example.com")]
    [InlineData("Helper")]
    public async Task RequestAsync_UnknownAddressOrBot_GetsNothing(string email)
    {
        await _host.Get<BotService>().CreateAsync(_host.Ann, "Helper");
        if (email == "Helper")
        {
            // No bot has an address; if one had, it would still have no password.
            _host.Execute("UPDATE Users SET Email = 'helper@example.com', NormalizedEmail = 'HELPER@EXAMPLE.COM' WHERE IsBot");
            email = "helper@example.com";
        }

        await AskAsync(email);
        await NothingIsSentAsync();
    }

    [Fact]
    public async Task RequestAsync_EndedAccount_GetsNothing()
    {
        _host.Execute($"UPDATE Users SET LockoutEnd = {ActivePeople.Forever.ToUnixTimeMilliseconds()} WHERE Id = {_bob.UserId}");
        await AskAsync("bob@example.com");
        await NothingIsSentAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("bob")]
    [InlineData("bob@example.com\r\nBcc: eve@example.com")]
    public async Task RequestAsync_NoAddress_IsRefused(string email) =>
        Assert.Equal(InputField.Email, (await ChatHost.RefusedAsync(Refusal.Invalid, () => Requests.RequestAsync(email, Address))).Field);

    [Fact]
    public async Task RequestAsync_Often_FillsNobodysMailbox_AndSaysSoToNobody()
    {
        for (var i = 0; i < 6; i++)
        {
            await AskAsync("bob@example.com", new IPAddress([10, 0, 0, (byte)i]));
            await NoneWaitsAsync();
        }

        Assert.Equal(3, _receiver.Mails.Count);
        Assert.Equal(3, _receiver.Mails.Select(m => m.Message.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task RequestAsync_FromOnePlace_IsLimited()
    {
        var refused = 0;
        for (var i = 0; i < 40 && refused == 0; i++)
        {
            try
            {
                await AskAsync($"nobody{i}@example.com");
            }
            catch (RefusedException e) when (e.Refusal == Refusal.TooMany)
            {
                refused = i;
            }
        }

        Assert.InRange(refused, 20, 30);
    }

    [Fact]
    public async Task Server_DownThenUp_GetsItOnce_AlsoFromTheNextProcess()
    {
        await _receiver.DisposeAsync();
        await AskAsync("bob@example.com");
        await Wait.Until(() => _host.Scalar<long>("SELECT COALESCE(MAX(Attempts), 0) FROM PasswordResetRequests") == 1);
        await AskAsync("bob@example.com");
        Assert.Equal(1L, _host.Scalar<long>("SELECT COUNT(*) FROM PasswordResetRequests"));
        var line = Assert.Single(_host.Log.Lines, l => l.Text.Contains("could not be sent", StringComparison.Ordinal));
        Assert.DoesNotContain("@", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("token", line.Text, StringComparison.Ordinal);

        var passed = _host.Time.GetUtcNow();
        _host = await _host.RestartAsync(ByMail);
        _host.Time.SetUtcNow(passed);
        _receiver = await _receiver.AgainAsync();
        Assert.Empty(_receiver.Mails);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        var mail = Assert.Single(await _receiver.ReceivesAsync());
        Assert.StartsWith($"password-{_bob.UserId}-", mail.Message.MessageId, StringComparison.Ordinal);
        await NoneWaitsAsync();
        Assert.Single(_receiver.Mails);
    }

    [Fact]
    public async Task Server_DownForADay_IsGivenUp()
    {
        await _receiver.DisposeAsync();
        await AskAsync("bob@example.com");
        for (var i = 0; i < 40 && _host.Scalar<long>("SELECT COUNT(*) FROM PasswordResetRequests") > 0; i++)
        {
            var attempts = _host.Scalar<long>("SELECT COALESCE(MAX(Attempts), 99) FROM PasswordResetRequests");
            _host.Time.Advance(TimeSpan.FromHours(2));
            await Wait.Until(() => _host.Scalar<long>("SELECT COALESCE(MAX(Attempts), 99) FROM PasswordResetRequests") != attempts);
        }

        Assert.Contains(_host.Log.Lines, l => l.Text.Contains("giving up", StringComparison.Ordinal));
        _receiver = await _receiver.AgainAsync();
        await NothingIsSentAsync();
    }

    [Fact]
    public async Task Address_ThatTheServerRefuses_IsTriedOnce()
    {
        _host.Execute($"UPDATE Users SET Email = 'refused@example.com', NormalizedEmail = 'REFUSED@EXAMPLE.COM' WHERE Id = {_bob.UserId}");
        await AskAsync("refused@example.com");
        await NoneWaitsAsync();
        Assert.Equal(1, _receiver.Connections);
    }

    [Fact]
    public async Task WithoutAServer_RequestIsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        Assert.False(host.Get<PasswordResetRequests>().AreOn);
        await ChatHost.RefusedAsync(Refusal.Forbidden, () => host.Get<PasswordResetRequests>().RequestAsync("ann@example.com", Address));
    }

    private PasswordResetRequests Requests => _host.Get<PasswordResetRequests>();

    private void ByMail(IServiceCollection services) =>
        services.AddMail(new ConfigurationBuilder().AddInMemoryCollection(_receiver.Settings()).Build());

    private async Task AskAsync(string email, IPAddress? address = null)
    {
        var asked = Requests.RequestAsync(email, address ?? Address);
        await Wait.Until(() =>
        {
            _host.Time.Advance(TimeSpan.FromMilliseconds(100));
            return asked.IsCompleted;
        });
        await asked;
    }

    private Task NoneWaitsAsync() => Wait.Until(() => _host.Scalar<long>("SELECT COUNT(*) FROM PasswordResetRequests") == 0);

    /// <summary>Waits for something else to be sent, which everything that is due goes before.</summary>
    private async Task NothingIsSentAsync()
    {
        await NoneWaitsAsync();
        await AskAsync("ann@example.com");
        Assert.Equal("ann@example.com", Assert.Single(await _receiver.ReceivesAsync()).Recipients[0]);
    }
}
