using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace BlazorChat.Notifications.WebPush;

/// <summary>How browsers are notified, from the section <c>Push</c>.</summary>
public sealed class PushOptions
{
    /// <summary>Named to push services where nothing better is known: a domain that is set aside for examples.</summary>
    private const string NoSubject = "mailto:webmaster@example.com";

    /// <summary>
    /// Whom push services tell of trouble (RFC 8292): a <c>mailto:</c> or <c>https:</c> address, and not this machine, as Apple's
    /// refuses those. By default <c>Chat:BaseUrl</c>, where it is such a one.
    /// </summary>
    public string Subject { get; set; } = NoSubject;

    /// <summary>
    /// Push services besides those of the known browsers: <c>host</c>, <c>host:port</c> or <c>*.host</c>. They may have private
    /// addresses and no certificate. An array, or one text with commas.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>How long somebody has to read a message elsewhere before their devices are told, in seconds; 3 by default.</summary>
    public double GraceSeconds { get; set; } = 3;

    /// <summary>The same as a time.</summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(GraceSeconds);

    /// <summary>Takes what is set.</summary>
    internal void Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Push");
        var baseUrl = configuration["Chat:BaseUrl"]?.Trim();
        Subject = section["Subject"]?.Trim() is { Length: > 0 } subject ? subject : IsSubject(baseUrl) ? baseUrl! : NoSubject;
        // The environment adds to an array of the settings, or replaces it with a text.
        var hosts = section.GetSection("AllowedHosts");
        AllowedHosts =
        [
            .. hosts.GetChildren().Select(c => c.Value).Append(hosts.Value)
                .SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];
        if (section["GraceSeconds"] is { Length: > 0 })
        {
            GraceSeconds = section.GetValue<double>("GraceSeconds");
        }
    }

    /// <summary>Whether push services take a text as somebody to turn to.</summary>
    internal static bool IsSubject(string? subject)
    {
        const string Mail = "mailto:";
        if (subject?.StartsWith(Mail, StringComparison.OrdinalIgnoreCase) == true)
        {
            var address = subject[Mail.Length..];
            return MailAddress.TryCreate(address, out var mail) && mail.Address == address && IsElsewhere(mail.Host);
        }

        return Uri.TryCreate(subject, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0
            && uri.HostNameType == UriHostNameType.Dns && IsElsewhere(uri.Host);
    }

    private static bool IsElsewhere(string host) =>
        host.Contains('.') && Uri.CheckHostName(host) == UriHostNameType.Dns
        && !host.TrimEnd('.').EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        && !host.TrimEnd('.').EndsWith(".local", StringComparison.OrdinalIgnoreCase);

    /// <summary>Says at start what could not work later.</summary>
    internal sealed class Check : IValidateOptions<PushOptions>
    {
        public ValidateOptionsResult Validate(string? name, PushOptions options)
        {
            List<string> wrong = [];
            if (!IsSubject(options.Subject))
            {
                wrong.Add($"Push:Subject is \"{options.Subject}\". It must be an address that push services can turn to, such as "
                    + "mailto:admin@your-domain.org or https://chat.your-domain.org, and not this machine.");
            }

            wrong.AddRange(options.AllowedHosts.Where(h => ListedHost.Parse(h) is null).Select(h =>
                $"Push:AllowedHosts has \"{h}\", which is no host such as push.example.org, push.example.org:8443 or *.example.org."));
            if (options.GraceSeconds is not (>= 0 and <= 600))
            {
                wrong.Add($"Push:GraceSeconds is {options.GraceSeconds}. It must be from 0 to 600.");
            }

            return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
        }
    }
}
