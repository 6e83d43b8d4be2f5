using System.Globalization;

namespace BlazorChat.Mail;

/// <summary>How the connection to the mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Connects in the clear and demands TLS before anything is said (RFC 3207).</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>Not at all: for a server on this machine or a trusted network.</summary>
    None,

    /// <summary>TLS where the server offers it. Somebody in between can take the offer away.</summary>
    Auto,
}

/// <summary>The mail server that e-mail is handed to: the section <c>Smtp</c> of the settings.</summary>
public sealed class SmtpOptions
{
    /// <summary>The server's name; without, there is no e-mail.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; 465 with <see cref="SmtpSecurity.Tls"/> and 587 otherwise.</summary>
    public int? Port { get; set; }

    /// <summary>By which this server signs in; without, it does not.</summary>
    public string? User { get; set; }

    /// <summary>The password that goes with <see cref="User"/>.</summary>
    public string? Password { get; set; }

    /// <summary>The address that e-mail comes from.</summary>
    public string? From { get; set; }

    /// <summary>The name beside it.</summary>
    public string FromName { get; set; } = "BlazorChat";

    /// <summary>Unless it is given, <see cref="SmtpSecurity.Tls"/> on port 465 and <see cref="SmtpSecurity.StartTls"/> on any other.</summary>
    public SmtpSecurity? Security { get; set; }

    /// <summary>Whether there is a server.</summary>
    internal bool IsOn => Host is not null;

    internal int EffectivePort => Port ?? (Security == SmtpSecurity.Tls ? 465 : 587);

    internal SmtpSecurity EffectiveSecurity => Security ?? (Port == 465 ? SmtpSecurity.Tls : SmtpSecurity.StartTls);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">E-mail is wanted, but could never be sent like this; the message says why and repeats no value.</exception>
    internal static SmtpOptions Read(IConfiguration section)
    {
        var options = new SmtpOptions
        {
            Host = Text(section, nameof(Host)),
            User = Text(section, nameof(User)),
            Password = Text(section, nameof(Password)),
            From = Text(section, nameof(From))?.Trim(),
        };
        if (options.Host is null)
        {
            return options;
        }

        options.FromName = Text(section, nameof(FromName)) ?? options.FromName;
        options.Port = PortOf(section);
        options.Security = SecurityOf(section);
        Require(Uri.CheckHostName(options.Host) != UriHostNameType.Unknown, "Smtp:Host is not the name or address of a server.");
        Require(options.From is not null, "Smtp:Host is set, but not Smtp:From: the address that e-mail comes from.");
        Require(EmailMessage.IsAddress(options.From), "Smtp:From is not an e-mail address. The name beside it belongs in Smtp:FromName.");
        Require((options.User is null) == (options.Password is null), "Smtp:User and Smtp:Password go together: set both or neither.");
        return options;
    }

    private static int? PortOf(IConfiguration section)
    {
        if (Text(section, nameof(Port)) is not { } text)
        {
            return null;
        }

        Require(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536, "Smtp:Port is not a number from 1 to 65535.");
        return port;
    }

    private static SmtpSecurity? SecurityOf(IConfiguration section)
    {
        if (Text(section, nameof(Security)) is not { } text)
        {
            return null;
        }

        var names = Enum.GetNames<SmtpSecurity>();
        Require(names.Contains(text, StringComparer.OrdinalIgnoreCase), $"Smtp:Security is none of {string.Join(", ", names)}.");
        return Enum.Parse<SmtpSecurity>(text, ignoreCase: true);
    }

    // A setting that is there and empty is as one that is not: appsettings.json lists them all.
    private static string? Text(IConfiguration section, string name) => string.IsNullOrWhiteSpace(section[name]) ? null : section[name];

    private static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
