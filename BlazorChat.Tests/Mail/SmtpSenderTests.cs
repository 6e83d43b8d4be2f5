using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BlazorChat.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace BlazorChat.Tests.Mail;

/// <summary>E-mail as a real mail server gets it.</summary>
public sealed class SmtpSenderTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private static readonly Email Letter = new("Bob Ölmütz", "bob@example.com", "Schöne Grüße 🚀", "as text, ä\n", "<p>as HTML, ä</p>", "letter-1");

    [Fact]
    public async Task SendAsync_HasHeadersAndBothBodies()
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings(("Smtp:FromName", "Our Harbour")));
        await sender.SendAsync(Letter with { UnsubscribeUrl = "https://chat.example.com/account/unsubscribe?token=" + new string('x', 200) }, CancellationToken.None);
        var mail = Assert.Single(await receiver.ReceivesAsync());

        Assert.Equal(("chat@example.com", "bob@example.com", false), (mail.Sender, Assert.Single(mail.Recipients), mail.IsSecure));
        Assert.Equal("\"Our Harbour\" <chat@example.com>", mail.Message.From.ToString());
        Assert.Equal(("Bob Ölmütz", "bob@example.com"), (mail.Message.To.Mailboxes.Single().Name, mail.Message.To.Mailboxes.Single().Address));
        Assert.Equal(("Schöne Grüße 🚀", "letter-1@example.com", Time.GetUtcNow()), (mail.Message.Subject, mail.Message.MessageId, mail.Message.Date));
        Assert.Equal("auto-generated", mail.Header("Auto-Submitted"));

        // As they came: an address that was folded or encoded is no address to programs that read this.
        Assert.Contains($"List-Unsubscribe: <https://chat.example.com/account/unsubscribe?token={new string('x', 200)}>", mail.Raw.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", mail.Raw, StringComparison.Ordinal);
        var alternatives = Assert.IsType<MultipartAlternative>(mail.Message.Body);
        Assert.Equal(["text/plain", "text/html"], alternatives.Select(p => p.ContentType.MimeType));
        Assert.Equal(("as text, ä\n", "<p>as HTML, ä</p>"), (mail.Text, mail.Html.TrimEnd()));
    }

    [Fact]
    public async Task SendAsync_WithoutUnsubscribing_SaysNothingOfIt()
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings());
        await sender.SendAsync(Letter, CancellationToken.None);
        Assert.DoesNotContain("List-Unsubscribe", Assert.Single(await receiver.ReceivesAsync()).Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_NamesAndSubjectsWithLineEnds_AddNoHeader()
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings(("Smtp:FromName", "Us\r\nX-From: yes")));
        foreach (var end in new[] { "\r\n", "\n", "\r", "\r\n ", "\u0085", "\u2028", "\0\r\n" })
        {
            await sender.SendAsync(
                Letter with { ToName = $"Bob{end}Bcc: eve@example.com", Subject = $"Hello{end}X-Evil: yes{end}{end}<b>body</b>" }, CancellationToken.None);
        }

        foreach (var mail in await receiver.ReceivesAsync(7))
        {
            Assert.Equal(["bob@example.com"], mail.Recipients);
            Assert.Equal(
                ["AUTO-SUBMITTED", "DATE", "FROM", "MESSAGE-ID", "MIME-VERSION", "SUBJECT", "TO"],
                mail.Message.Headers.Select(h => h.Field.ToUpperInvariant()).Order());
            Assert.StartsWith("Hello X-Evil: yes", mail.Message.Subject, StringComparison.Ordinal);
            Assert.Equal("as text, ä\n", mail.Text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("bob")]
    [InlineData("@example.com")]
    [InlineData("bob@")]
    [InlineData("bob@example.com, eve@example.com")]
    [InlineData("bob@example.com\r\nRCPT TO:<eve@example.com>")]
    [InlineData("Bob <bob@example.com>")]
    [InlineData("<bob@example.com>")]
    public async Task SendAsync_NoAddress_IsRefusedForGood(string address)
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings());
        Assert.True((await Assert.ThrowsAsync<EmailFailedException>(() => sender.SendAsync(Letter with { ToAddress = address }, CancellationToken.None))).IsFinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Theory]
    [InlineData("refused", true, "The mail server refused it (550).")]
    [InlineData("spam", true, "The mail server refused it (554).")]
    [InlineData("busy", false, "The mail server refused it (451).")]
    public async Task SendAsync_Refused_IsFinalWhereTheServerSaysSo_AndNamesNobody(string name, bool isFinal, string message)
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings());
        var failed = await Assert.ThrowsAsync<EmailFailedException>(() => sender.SendAsync(Letter with { ToAddress = $"{name}@example.com" }, CancellationToken.None));
        Assert.Equal((isFinal, message), (failed.IsFinal, failed.Message));

        // And the next one goes through.
        await sender.SendAsync(Letter, CancellationToken.None);
        Assert.Single(await receiver.ReceivesAsync());
    }

    [Fact]
    public async Task SendAsync_ManyAtOnce_UseAFewConnections()
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings());
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => sender.SendAsync(Letter with { Id = $"letter-{i}" }, CancellationToken.None)));
        var mails = await receiver.ReceivesAsync(40);
        Assert.Equal(40, mails.Select(m => m.Message.MessageId).Distinct().Count());
        Assert.InRange(receiver.Connections, 1, 3 * SmtpSender.MaxConnections);
    }

    [Fact]
    public async Task SendAsync_ServerDown_FailsForNow()
    {
        var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings());
        await receiver.DisposeAsync();
        var failed = await Assert.ThrowsAsync<EmailFailedException>(() => sender.SendAsync(Letter, CancellationToken.None));
        Assert.Equal((false, "No connection to the mail server: ConnectionRefused."), (failed.IsFinal, failed.Message));

        await using var again = await receiver.AgainAsync();
        await sender.SendAsync(Letter, CancellationToken.None);
        Assert.Single(await again.ReceivesAsync());
    }

    [Fact]
    public async Task SendAsync_ServerSaysNothing_IsNotWaitedForLong()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var sender = new SmtpSender(Options(new()
        {
            ["Smtp:Host"] = "127.0.0.1", ["Smtp:Port"] = $"{((IPEndPoint)silent.LocalEndpoint).Port}", ["Smtp:From"] = "chat@example.com", ["Smtp:Security"] = "None",
        }), Time)
        {
            Timeout = TimeSpan.FromMilliseconds(300),
        };
        var failed = await Assert.ThrowsAsync<EmailFailedException>(() => sender.SendAsync(Letter, CancellationToken.None).WaitAsync(Wait.Limit));
        Assert.False(failed.IsFinal);
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task SendAsync_OverTls_SignsIn_AndTrustsNoCertificateThatTheSystemDoesNot(string security)
    {
        using var certificate = new Certificate();
        await using var receiver = await MailReceiver.StartAsync(
        [
            "--certificate", certificate.File, "--key", certificate.KeyFile, "--user", "chat", "--password", "s3cret", .. security == "Tls" ? new[] { "--implicit" } : [],
        ]);
        var settings = receiver.Settings(("Smtp:Security", security), ("Smtp:User", "chat"), ("Smtp:Password", "s3cret"));
        using (var strict = Sender(settings))
        {
            var untrusted = await Assert.ThrowsAsync<EmailFailedException>(() => strict.SendAsync(Letter, CancellationToken.None));
            Assert.Contains("certificate", untrusted.Message, StringComparison.Ordinal);
        }

        using var trusting = new SmtpSender(Options(settings), Time) { CertificateCheck = certificate.IsIt };
        await trusting.SendAsync(Letter, CancellationToken.None);
        var mail = Assert.Single(await receiver.ReceivesAsync());
        Assert.Equal("chat", mail.User);
        Assert.Equal(security == "StartTls", mail.IsSecure);

        using var stranger = new SmtpSender(Options(new(settings) { ["Smtp:Password"] = "wrong-s3cret" }), Time) { CertificateCheck = certificate.IsIt };
        var refused = await Assert.ThrowsAsync<EmailFailedException>(() => stranger.SendAsync(Letter, CancellationToken.None));
        Assert.Equal((false, "The mail server does not take this user and password."), (refused.IsFinal, refused.Message));
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_StartTlsThatTheServerDoesNotOffer_SendsNothingInTheClear()
    {
        await using var receiver = await MailReceiver.StartAsync();
        using var sender = Sender(receiver.Settings(("Smtp:Security", "StartTls")));
        var failed = await Assert.ThrowsAsync<EmailFailedException>(() => sender.SendAsync(Letter, CancellationToken.None));
        Assert.Contains("Smtp:Security", failed.Message, StringComparison.Ordinal);
        Assert.Empty(receiver.Mails);
    }

    private static SmtpSender Sender(Dictionary<string, string?> settings) => new(Options(settings), Time);

    private static SmtpOptions Options(Dictionary<string, string?> settings) =>
        SmtpOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("Smtp"));

    /// <summary>One that nobody vouches for.</summary>
    private sealed class Certificate : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("blazorchat-certificate-");
        private readonly string _hash;

        public Certificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=mail.test", key, HashAlgorithmName.SHA256);
            var today = TimeProvider.System.GetUtcNow();
            using var certificate = request.CreateSelfSigned(today.AddDays(-1), today.AddDays(1));
            _hash = certificate.GetCertHashString();
            System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
            System.IO.File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        }

        public string File => Path.Combine(_directory.FullName, "certificate.pem");

        public string KeyFile => Path.Combine(_directory.FullName, "key.pem");

        public bool IsIt(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) => shown?.GetCertHashString() == _hash;

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
