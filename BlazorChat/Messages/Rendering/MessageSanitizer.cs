using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace BlazorChat.Messages;

/// <summary>
/// The second opinion: whatever Markdown and our renderers made, only these elements, attributes and addresses remain.
/// </summary>
internal sealed class MessageSanitizer
{
    /// <summary>The elements that a message can have.</summary>
    public static readonly IReadOnlySet<string> Elements = new HashSet<string>
    {
        "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span",
        "table", "thead", "tbody", "tr", "th", "td",
    };

    /// <summary>The attributes that they can have.</summary>
    public static readonly IReadOnlySet<string> Attributes = new HashSet<string>
    {
        "href", "title", "target", "rel", "class", "data-user-id", "dir", "start", "align",
    };

    // Without a styling engine in the parser: there is no style to look into.
    private readonly HtmlParser _parser = new(new HtmlParserOptions { IsScripting = true });
    private readonly HtmlSanitizer _sanitizer;

    /// <summary>Configures the sanitizer, which is safe to share between threads from here on.</summary>
    public MessageSanitizer()
    {
        _sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(Elements),
            AllowedAttributes = new HashSet<string>(Attributes),
            AllowedSchemes = new HashSet<string> { "http", "https", "mailto" },
            UriAttributes = new HashSet<string>(HtmlSanitizerDefaults.UriAttributes),
            AllowedClasses = new HashSet<string> { "mention", "callout" },
        })
        {
            HtmlParserFactory = () => _parser,
        };
        _sanitizer.FilterUrl += (_, e) =>
        {
            // Relative addresses have no scheme that the list above could refuse.
            if (!LinkRenderer.IsAllowed(e.SanitizedUrl))
            {
                e.SanitizedUrl = null;
            }
        };
        _sanitizer.RemovingCssClass += (_, e) =>
        {
            const string prefix = "language-";
            e.Cancel = e.CssClass.StartsWith(prefix, StringComparison.Ordinal) && CodeRenderer.IsLanguage(e.CssClass.AsSpan(prefix.Length));
        };
        _sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is IElement element)
            {
                KeepExpected(element);
            }
        };
    }

    /// <summary>The HTML without anything that is not allowed.</summary>
    public string Sanitize(string html) => _sanitizer.Sanitize(html);

    // The library's lists know no element of an attribute and no values.
    private static void KeepExpected(IElement element)
    {
        for (var i = element.Attributes.Length - 1; i >= 0; i--)
        {
            var attribute = element.Attributes[i]!;
            if (!IsExpected(element.LocalName, attribute.Name, attribute.Value))
            {
                element.RemoveAttribute(attribute.Name);
            }
        }

        if (element.LocalName == "a" && !(element.HasAttribute("target") && element.HasAttribute("rel")))
        {
            element.SetAttribute("target", LinkRenderer.Target);
            element.SetAttribute("rel", LinkRenderer.Relation);
        }
    }

    private static bool IsExpected(string element, string name, string value) => (element, name) switch
    {
        ("a", "href" or "title") => true,
        ("a", "target") => value == LinkRenderer.Target,
        ("a", "rel") => value == LinkRenderer.Relation,
        ("span", "class") => value is "mention" or "mention callout",
        ("code", "class") => value is not ("mention" or "callout") && !value.Contains(' '),
        ("span", "data-user-id") or ("ol", "start") => value.All(char.IsAsciiDigit),
        ("th" or "td", "align") => value is "left" or "center" or "right",
        ("p" or "li" or "th" or "td", "dir") => value == "auto",
        ("pre", "dir") => value == "ltr",
        _ => false,
    };
}
