using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MimeKit;

namespace BlazorChat.Mail;

/// <summary>An e-mail as it travels (RFC 5322): one part as plain text and the same as HTML.</summary>
internal static class EmailMessage
{
    /// <summary>Longest address (RFC 5321's path limit).</summary>
    private const int MaxAddressLength = 254;

    /// <summary>Longest subject or name: nobody reads more, and a header has limits.</summary>
    private const int MaxLineLength = 200;

    /// <summary>Writes an e-mail down.</summary>
    /// <exception cref="EmailFailedException">Its address is none.</exception>
    public static MimeMessage Of(Email email, SmtpOptions options, DateTimeOffset now)
    {
        if (!IsAddress(email.ToAddress))
        {
            throw new EmailFailedException("This is no address to send to.", isFinal: true);
        }

        var from = new MailboxAddress(OneLine(options.FromName), options.From!);
        var message = new MimeMessage
        {
            Date = now,
            Subject = OneLine(email.Subject),
            MessageId = $"{email.Id}@{from.GetAddress(idnEncode: true).Split('@')[^1]}",
            Body = new MultipartAlternative
            {
                new TextPart("plain") { Text = email.Text },
                new TextPart("html") { Text = email.Html },
            },
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(OneLine(email.ToName), email.ToAddress));

        // RFC 3834: who is on holiday does not answer a machine.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        if (email.UnsubscribeUrl is { } url)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{new Uri(url).AbsoluteUri}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        }

        return message;
    }

    /// <summary>Whether a text is an address and nothing else, such as a second one or a header.</summary>
    public static bool IsAddress([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxAddressLength }
        && text.EnumerateRunes().All(r => !Rune.IsControl(r) && !Rune.IsWhiteSpace(r) && r.Value is not ('<' or '>' or ',' or ';' or '"' or 0xFFFD))
        && MailboxAddress.TryParse(text, out var parsed)
        && parsed.Address == text
        && text.IndexOf('@') is > 0 and var at
        && at < text.Length - 1;

    /// <summary>A text on one line: names and subjects come from people, and a line end in a header would begin another header.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);

        // Marks that turn the direction of writing would let a name show as something else; joined emoji keep their joints.
        foreach (var rune in text.EnumerateRunes().Where(r => r.Value == 0x200D || Rune.GetUnicodeCategory(r) != UnicodeCategory.Format))
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
            {
                line.Append(line.Length > 0 && line[^1] != ' ' ? " " : "");
            }
            else
            {
                line.Append(rune);
            }
        }

        return Shortened(line.ToString().TrimEnd());
    }

    private static string Shortened(string line)
    {
        if (line.Length <= MaxLineLength)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[MaxLineLength - 2]) ? MaxLineLength - 2 : MaxLineLength - 1;
        return $"{line.AsSpan(0, end)}…";
    }
}
