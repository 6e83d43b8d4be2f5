using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Messages;

// Text direction: what holds text directly (p, li, th, td) says dir="auto". Each then takes its own direction, and
// right-to-left text or marks in one end with it, wherever the HTML is shown. Code is always left-to-right.
// There are no line ends between elements: a message of one line stays one line in the database, the API and the page.

/// <summary>Writes paragraphs; one that was not parsed (see <see cref="MessageMarkdown"/>), as it was typed.</summary>
internal sealed class ParagraphRenderer : HtmlObjectRenderer<ParagraphBlock>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, ParagraphBlock obj)
    {
        if (!renderer.ImplicitParagraph)
        {
            renderer.Write(PlainText.ParagraphStart);
        }

        if (obj.ProcessInlines)
        {
            renderer.WriteLeafInline(obj);
        }
        else
        {
            CodeRenderer.WriteLines(renderer, obj, PlainText.LineBreak);
        }

        if (!renderer.ImplicitParagraph)
        {
            renderer.Write(PlainText.ParagraphEnd);
        }
    }
}

/// <summary>Writes line breaks: a single one counts, as people expect in a chat.</summary>
internal sealed class BreakRenderer : HtmlObjectRenderer<LineBreakInline>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, LineBreakInline obj) => renderer.Write(PlainText.LineBreak);
}

/// <summary>Writes bold, italic and struck-through text.</summary>
internal sealed class EmphasisRenderer : HtmlObjectRenderer<EmphasisInline>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, EmphasisInline obj)
    {
        var tag = obj.DelimiterChar == '~' ? "del" : obj.DelimiterCount == 2 ? "strong" : "em";
        renderer.Write('<').Write(tag).Write('>').WriteChildren(obj);
        renderer.Write("</").Write(tag).Write('>');
    }
}

/// <summary>Writes quotes.</summary>
internal sealed class QuoteRenderer : HtmlObjectRenderer<QuoteBlock>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, QuoteBlock obj)
    {
        var before = renderer.ImplicitParagraph;
        renderer.ImplicitParagraph = false;
        renderer.Write("<blockquote>").WriteChildren(obj);
        renderer.Write("</blockquote>");
        renderer.ImplicitParagraph = before;
    }
}

/// <summary>Writes lists.</summary>
internal sealed class ListRenderer : HtmlObjectRenderer<ListBlock>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, ListBlock obj)
    {
        var before = renderer.ImplicitParagraph;
        renderer.Write(obj.IsOrdered ? "<ol" : "<ul");
        if (obj is { IsOrdered: true, OrderedStart: { } start and not "1" })
        {
            renderer.Write(" start=\"").WriteEscape(start).Write('"');
        }

        renderer.Write('>');
        foreach (var item in obj)
        {
            renderer.ImplicitParagraph = !obj.IsLoose;
            renderer.Write("<li dir=\"auto\">").WriteChildren((ListItemBlock)item);
            renderer.Write("</li>");
        }

        renderer.Write(obj.IsOrdered ? "</ol>" : "</ul>");
        renderer.ImplicitParagraph = before;
    }
}

/// <summary>Writes fenced code.</summary>
internal sealed class CodeRenderer : HtmlObjectRenderer<CodeBlock>
{
    private const int MaxLanguageLength = 32;

    /// <summary>Whether a class that names a code's language is one of ours to write.</summary>
    public static bool IsLanguage(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLanguageLength && !name.ContainsAnyExcept(LanguageCharacters);

    private static readonly System.Buffers.SearchValues<char> LanguageCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+#.-_");

    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, CodeBlock obj)
    {
        var fence = obj as FencedCodeBlock;
        var info = fence?.Info ?? "";
        var firstLine = string.IsNullOrEmpty(fence?.Arguments) ? info : $"{info} {fence.Arguments}";
        renderer.Write("<pre dir=\"ltr\"><code");
        if (IsLanguage(firstLine))
        {
            renderer.Write(" class=\"language-").WriteEscape(firstLine).Write('"');
            firstLine = "";
        }

        // What follows the fence and names no language is what somebody wanted to say.
        renderer.Write('>').WriteEscape(firstLine).Write(firstLine.Length > 0 && obj.Lines.Count > 0 ? "\n" : "");
        WriteLines(renderer, obj, "\n");
        renderer.Write("</code></pre>");
    }

    /// <summary>Writes a block's lines as they were typed.</summary>
    public static void WriteLines(HtmlRenderer renderer, LeafBlock block, string separator)
    {
        for (var i = 0; i < block.Lines.Count; i++)
        {
            renderer.Write(i > 0 ? separator : "").WriteEscape(ref block.Lines.Lines[i].Slice);
        }
    }
}

/// <summary>Writes tables.</summary>
internal sealed class TableRenderer : HtmlObjectRenderer<Table>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, Table obj)
    {
        renderer.Write("<table>");
        bool? inHeader = null;
        foreach (var row in obj.Cast<TableRow>())
        {
            if (inHeader != row.IsHeader)
            {
                Close(renderer, inHeader);
                renderer.Write(row.IsHeader ? "<thead>" : "<tbody>");
                inHeader = row.IsHeader;
            }

            renderer.Write("<tr>");
            for (var i = 0; i < row.Count; i++)
            {
                WriteCell(renderer, (TableCell)row[i], row.IsHeader ? "th" : "td", i < obj.ColumnDefinitions.Count ? obj.ColumnDefinitions[i].Alignment : null);
            }

            renderer.Write("</tr>");
        }

        Close(renderer, inHeader);
        renderer.Write("</table>");
    }

    private static void Close(HtmlRenderer renderer, bool? inHeader)
    {
        if (inHeader is { } header)
        {
            renderer.Write(header ? "</thead>" : "</tbody>");
        }
    }

    private static void WriteCell(HtmlRenderer renderer, TableCell cell, string tag, TableColumnAlign? align)
    {
        var before = renderer.ImplicitParagraph;
        renderer.ImplicitParagraph = true;
        renderer.Write('<').Write(tag).Write(" dir=\"auto\"");

        // The attribute is old, but needs neither a style nor a class of its own.
        renderer.Write(align switch
        {
            TableColumnAlign.Left => " align=\"left\">",
            TableColumnAlign.Center => " align=\"center\">",
            TableColumnAlign.Right => " align=\"right\">",
            _ => ">",
        });
        renderer.WriteChildren(cell);
        renderer.Write("</").Write(tag).Write('>');
        renderer.ImplicitParagraph = before;
    }
}
