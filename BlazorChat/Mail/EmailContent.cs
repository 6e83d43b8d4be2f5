using System.Net;
using System.Text;

namespace BlazorChat.Mail;

/// <summary>
/// Writes an e-mail twice at once, as HTML and as plain text. The HTML stands by itself: inline styles, nothing from elsewhere, and
/// colours for light and dark, which mail programs that know neither leave at light.
/// </summary>
/// <param name="site">Who writes: the community's name.</param>
public sealed class EmailContent(string site)
{
    private const string Font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif";

    private const string Dark = """
        @media (prefers-color-scheme: dark) {
          .page { background: #17161f !important; }
          .card { background: #1f1e29 !important; border-color: #34323f !important; }
          .text, .text a { color: #ecebf4 !important; }
          .quiet, .quiet a { color: #a5a3b8 !important; }
          .room a { color: #a49cf5 !important; }
          .message { border-color: #4a4560 !important; }
          .button { background: #a49cf5 !important; color: #17161f !important; }
          .footer { border-color: #34323f !important; }
        }
        """;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _html = new();
    private readonly StringBuilder _footer = new();
    private readonly StringBuilder _footerText = new();

    /// <summary>As plain text.</summary>
    public string Text => $"{_text.ToString().TrimEnd()}\n\n-- \n{site}\n{_footerText.ToString().TrimEnd()}".TrimEnd() + "\n";

    /// <summary>As a whole HTML document.</summary>
    public string Html => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>{Encode(site)}</title>
        <style>
        {Dark}
        </style>
        </head>
        <body class="page" style="margin:0;padding:0;background:#f4f4f8;-webkit-text-size-adjust:100%">
        <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f4f8">
        <tr><td align="center" style="padding:24px 12px">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
        <tr><td class="text" style="padding:0 4px 12px;{Font};font-size:15px;font-weight:700;color:#1c1b29;text-align:left">{Encode(site)}</td></tr>
        <tr><td class="card" style="padding:24px;background:#ffffff;border:1px solid #dcdbe6;border-radius:14px;text-align:left;overflow-wrap:anywhere">
        {_html}</td></tr>
        <tr><td class="quiet footer" style="padding:14px 4px 0;{Font};font-size:13px;line-height:1.5;color:#605f72;text-align:left">
        {_footer}</td></tr>
        </table>
        </td></tr>
        </table>
        </body>
        </html>

        """;

    /// <summary>A line at the top that says what it is about.</summary>
    public EmailContent Title(string text)
    {
        _text.Append(text).Append("\n\n");
        _html.Append($"""<h1 class="text" style="margin:0 0 12px;{Font};font-size:20px;line-height:1.3;color:#1c1b29">{Encode(text)}</h1>""").Append('\n');
        return this;
    }

    /// <summary>A paragraph.</summary>
    public EmailContent Line(string text)
    {
        _text.Append(text).Append("\n\n");
        _html.Append($"""<p class="text" style="margin:0 0 16px;{Font};font-size:15px;line-height:1.5;color:#1c1b29">{Encode(text)}</p>""").Append('\n');
        return this;
    }

    /// <summary>A link that is hard to miss.</summary>
    public EmailContent Button(string text, string url)
    {
        _text.Append(text).Append(":\n").Append(url).Append("\n\n");
        _html.Append($"""<p style="margin:20px 0 14px"><a class="button" href="{Encode(url)}" style="display:inline-block;padding:12px 20px;border-radius:10px;background:#5247c9;color:#ffffff;{Font};font-size:15px;font-weight:600;text-decoration:none">{Encode(text)}</a></p>""").Append('\n');
        return this;
    }

    /// <summary>A room that the messages after it are of.</summary>
    public EmailContent Room(string name, string url)
    {
        _text.Append(name).Append('\n').Append(url).Append("\n\n");
        _html.Append($"""<h2 class="room" style="margin:22px 0 10px;{Font};font-size:16px;line-height:1.3"><a href="{Encode(url)}" style="color:#5247c9;text-decoration:none">{Encode(name)}</a></h2>""").Append('\n');
        return this;
    }

    /// <summary>What somebody said.</summary>
    public EmailContent Message(string sender, string when, string text)
    {
        _text.Append($"  {sender}, {when}\n  {text}\n\n");
        _html.Append($"""
            <div class="message" style="margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #dcdbe6">
            <p class="quiet" style="margin:0 0 2px;{Font};font-size:13px;line-height:1.4;color:#605f72"><b class="text" style="color:#1c1b29">{Encode(sender)}</b>&ensp;{Encode(when)}</p>
            <p class="text" style="margin:0;{Font};font-size:15px;line-height:1.45;color:#1c1b29">{Encode(text)}</p>
            </div>

            """);
        return this;
    }

    /// <summary>A remark.</summary>
    public EmailContent Quiet(string text)
    {
        _text.Append(text).Append("\n\n");
        _html.Append($"""<p class="quiet" style="margin:0 0 12px;{Font};font-size:14px;line-height:1.5;color:#605f72">{Encode(text)}</p>""").Append('\n');
        return this;
    }

    /// <summary>Why one gets it, at the very end, and perhaps where to say otherwise.</summary>
    public EmailContent Footer(string text, string? linkText = null, string? url = null)
    {
        _footerText.Append(text).Append('\n');
        _footer.Append($"""<p style="margin:0 0 6px">{Encode(text)}""");
        if (url is not null)
        {
            _footerText.Append(linkText).Append(": ").Append(url).Append('\n');
            _footer.Append($""" <a href="{Encode(url)}" style="color:#605f72">{Encode(linkText!)}</a>""");
        }

        _footer.Append("</p>\n");
        return this;
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
