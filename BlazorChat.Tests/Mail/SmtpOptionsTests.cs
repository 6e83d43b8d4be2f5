using BlazorChat.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Mail;

public sealed class SmtpOptionsTests
{
    [Fact]
    public void Read_WithoutAHost_IsOff() => Assert.False(Read(("From", "nonsense"), ("Host", " ")).IsOn);

    [Theory]
    [InlineData(null, null, 587, SmtpSecurity.StartTls)]
    [InlineData("465", null, 465, SmtpSecurity.Tls)]
    [InlineData("25", null, 25, SmtpSecurity.StartTls)]
    [InlineData(null, "Tls", 465, SmtpSecurity.Tls)]
    [InlineData(null, "none", 587, SmtpSecurity.None)]
    [InlineData("2525", "Auto", 2525, SmtpSecurity.Auto)]
    public void Read_PortAndSecurity_FollowFromEachOther(string? port, string? security, int expectedPort, SmtpSecurity expected)
    {
        var options = Read(("Host", "mail.example.com"), ("From", "chat@example.com"), ("Port", port), ("Security", security));
        Assert.True(options.IsOn);
        Assert.Equal((expectedPort, expected, "BlazorChat"), (options.EffectivePort, options.EffectiveSecurity, options.FromName));
    }

    [Theory]
    [InlineData("Host", "mail.example.com:25")]
    [InlineData("Host", "https://mail.example.com/")]
    [InlineData("Port", "0")]
    [InlineData("Port", "65536")]
    [InlineData("Port", "secret")]
    [InlineData("Security", "secret")]
    [InlineData("Security", "7")]
    [InlineData("From", null)]
    [InlineData("From", "secret")]
    [InlineData("From", "Chat <chat@example.com>")]
    [InlineData("User", null)]
    [InlineData("Password", null)]
    public void AddMail_MisconfiguredServer_IsRefused_WithoutRepeatingAValue(string name, string? value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Smtp:Host"] = "mail.example.com", ["Smtp:From"] = "chat@example.com", ["Smtp:User"] = "user", ["Smtp:Password"] = "secret", [$"Smtp:{name}"] = value,
        };
        var refused = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddMail(Configuration(settings)));
        Assert.Contains($"Smtp:{name}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://chat.example.com", true, true)]
    [InlineData("https://chat.example.com", false, false)]
    [InlineData("", true, false)]
    [InlineData(null, true, false)]
    [InlineData("chat.example.com", true, false)]
    [InlineData("javascript:alert(1)", true, false)]
    public void EmailLinks_AreOn_WhereThereIsAServerAndAnAddress(string? baseUrl, bool hasServer, bool expected)
    {
        using var sender = new SmtpSender(hasServer ? Read(("Host", "mail.example.com"), ("From", "chat@example.com")) : Read(), TimeProvider.System);
        var links = new EmailLinks(baseUrl, sender, NullLogger<EmailLinks>.Instance);
        Assert.Equal(expected, links.AreOn);
        if (expected)
        {
            Assert.Equal("https://chat.example.com/rooms/3?x=1", links.To("/rooms/3?x=1"));
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\r\nb", "a b")]
    [InlineData("  a \t b\n", "a b")]
    [InlineData("\u202egnp.exe", "gnp.exe")]
    [InlineData("👩\u200d🚀", "👩\u200d🚀")]
    public void OneLine_IsOneLine(string text, string expected) => Assert.Equal(expected, EmailMessage.OneLine(text));

    [Fact]
    public void OneLine_Long_IsCutBetweenCharacters()
    {
        Assert.Equal(new string('x', 199) + "…", EmailMessage.OneLine(new string('x', 300)));
        Assert.Equal(new string('x', 198) + "…", EmailMessage.OneLine(new string('x', 198) + "🚀🚀"));
    }

    [Fact]
    public void EmailContent_EscapesWhatPeopleWrote_AndSaysTheSameInBoth()
    {
        var content = new EmailContent("Our <Harbour>")
            .Title("1 unread message").Room("# <b>General</b>", "https://chat.example.com/rooms/1?a=1&b=2").Message("Bob & Co", "today", "<script>alert(1)</script>")
            .Button("Read it", "https://chat.example.com/rooms/1/2").Footer("Enough?", "Unsubscribe", "https://chat.example.com/u");
        Assert.DoesNotContain("<script", content.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>General", content.Html, StringComparison.Ordinal);
        Assert.Contains("Our &lt;Harbour&gt;", content.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://chat.example.com/rooms/1?a=1&amp;b=2\"", content.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", content.Html, StringComparison.Ordinal);
        Assert.Equal(
            """
            1 unread message

            # <b>General</b>
            https://chat.example.com/rooms/1?a=1&b=2

              Bob & Co, today
              <script>alert(1)</script>

            Read it:
            https://chat.example.com/rooms/1/2

            -- 
            Our <Harbour>
            Enough?
            Unsubscribe: https://chat.example.com/u

            """.ReplaceLineEndings("\n"), content.Text);
    }

    private static SmtpOptions Read(params (string Name, string? Value)[] settings) =>
        SmtpOptions.Read(Configuration(settings.ToDictionary(s => $"Smtp:{s.Name}", s => s.Value)).GetSection("Smtp"));

    private static IConfigurationRoot Configuration(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
