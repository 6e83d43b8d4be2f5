namespace BlazorChat.Mail;

/// <summary>
/// Links in e-mails, which lead to <c>Chat:BaseUrl</c> and nowhere else: the host that a request names is whatever its sender
/// wrote there, and a link in an e-mail is trusted.
/// </summary>
public sealed class EmailLinks
{
    private readonly Uri? _site;

    internal EmailLinks(string? baseUrl, IEmailSender sender, ILogger<EmailLinks> logger)
    {
        _site = Uri.TryCreate(baseUrl, UriKind.Absolute, out var site) && site.Scheme is "http" or "https" ? site : null;
        AreOn = sender.IsOn && _site is not null;
        if (sender.IsOn && _site is null)
        {
            logger.LogWarning("Smtp:Host is set, but Chat:BaseUrl is not this site's address, such as https://chat.example.com. No e-mail is sent, because links in it would lead nowhere.");
        }
    }

    /// <summary>Whether e-mails with links can be sent: there is a server to send by, and the site knows its own address.</summary>
    public bool AreOn { get; }

    /// <summary>The link to a path of this site; only while <see cref="AreOn"/>.</summary>
    public string To(string path) => new Uri(_site ?? throw new InvalidOperationException("Chat:BaseUrl is not set."), path).AbsoluteUri;
}
