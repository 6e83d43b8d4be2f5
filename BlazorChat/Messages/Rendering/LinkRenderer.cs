using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Messages;

/// <summary>Writes links. What may not be a link stays readable as it was typed.</summary>
internal sealed class LinkRenderer : HtmlObjectRenderer<LinkInline>
{
    /// <summary>Where links open.</summary>
    public const string Target = "_blank";

    /// <summary>What a linked page is told and granted: nothing.</summary>
    public const string Relation = "noopener noreferrer nofollow";

    private static readonly string[] Schemes = ["https://", "http://", "mailto:"];

    /// <summary>
    /// Whether a browser takes this for an address of an allowed scheme. Only what literally begins with one counts:
    /// no white space, no control character and no relative address, which would lead into the application itself.
    /// </summary>
    public static bool IsAllowed(string? url) =>
        url is not null && Array.Exists(Schemes, s => url.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    /// <summary>HTML has no links in links, Markdown finds ways to write them.</summary>
    public static bool IsInsideLink(Inline inline)
    {
        for (var parent = inline.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is LinkInline)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Opens an <c>a</c> element that leaks and grants nothing to where it leads.</summary>
    public static void Open(HtmlRenderer renderer, string url, string? title = null)
    {
        renderer.Write("<a href=\"").WriteEscapeUrl(url);
        if (!string.IsNullOrWhiteSpace(title))
        {
            renderer.Write("\" title=\"").WriteEscape(title);
        }

        renderer.Write($"\" target=\"{Target}\" rel=\"{Relation}\">");
    }

    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, LinkInline obj)
    {
        var inside = IsInsideLink(obj);
        if (!inside && obj is { IsAutoLink: true, FirstChild: LiteralInline { NextSibling: null } text } && IsAllowed(obj.Url))
        {
            // "(see https://x.example.)": Markdig gives back the bracket, but not the full stop before it.
            var address = text.Content.AsSpan();
            var end = address.TrimEnd(".,;:!?'\"").Length;
            Open(renderer, obj.Url![..^(address.Length - end)]);
            renderer.WriteEscape(address[..end]);
            renderer.Write("</a>");
            renderer.WriteEscape(address[end..]);
        }
        else if (!inside && IsAllowed(obj.Url))
        {
            Open(renderer, obj.Url!, obj.Title);
            WriteText(renderer, obj);
            renderer.Write("</a>");
        }
        else if (inside || obj.IsAutoLink)
        {
            WriteText(renderer, obj);
        }
        else
        {
            renderer.Write(obj.IsImage ? "![" : "[").WriteChildren(obj);
            renderer.Write("](").WriteEscape(obj.Url).Write(')');
        }
    }

    private static void WriteText(HtmlRenderer renderer, LinkInline link)
    {
        // An image is a link to it, under its description; a link without a text shows its address.
        if (link.FirstChild is null)
        {
            renderer.WriteEscape(link.Url);
        }
        else
        {
            renderer.WriteChildren(link);
        }
    }
}

/// <summary>Writes <c>&lt;https://…&gt;</c> and <c>&lt;a@b.c&gt;</c>.</summary>
internal sealed class PointedLinkRenderer : HtmlObjectRenderer<AutolinkInline>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, AutolinkInline obj)
    {
        var url = obj.IsEmail ? "mailto:" + obj.Url : obj.Url;
        if (LinkRenderer.IsInsideLink(obj))
        {
            renderer.WriteEscape(obj.Url);
        }
        else if (LinkRenderer.IsAllowed(url))
        {
            LinkRenderer.Open(renderer, url);
            renderer.WriteEscape(obj.Url).Write("</a>");
        }
        else
        {
            renderer.Write("&lt;").WriteEscape(obj.Url).Write("&gt;");
        }
    }
}
