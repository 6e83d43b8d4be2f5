using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Renderers;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;

namespace BlazorChat.Messages;

/// <summary>The Markdown that messages are written in, as a Markdig pipeline.</summary>
internal static class MessageMarkdown
{
    /// <summary>Deeper nesting is no conversation; Markdig throws and the message is shown as it was typed.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// A renderer of our own rather than Markdig's pooled ones: when one is stopped by an exception, Markdig hands it on
    /// in the state that it was in, and the next message loses its paragraphs.
    /// </summary>
    public static HtmlRenderer CreateRenderer(MarkdownPipeline pipeline)
    {
        var renderer = new HtmlRenderer(TextWriter.Null) { MaximumNestingDepth = MaxDepth };
        pipeline.Setup(renderer);
        return renderer;
    }

    // A paragraph with more is shown as it was typed.
    private const int MaxMarks = 800;

    /// <summary>Builds the pipeline; once built, it may be used by many threads.</summary>
    public static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder { MaximumNestingDepth = MaxDepth }
            .DisableHtml()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .UseAutoLinks(new AutoLinkOptions { UseHttpsForWWWLinks = true })
            .UsePipeTables(new PipeTableOptions { UseHeaderForColumnCount = false });

        // A line that begins with # or is followed by === is not a headline in a chat, --- draws no rule, and
        // indented text is not code: people paste such lines and mean them literally.
        builder.BlockParsers.TryRemove<HeadingBlockParser>();
        builder.BlockParsers.TryRemove<ThematicBreakParser>();
        builder.BlockParsers.TryRemove<IndentedCodeBlockParser>();
        builder.BlockParsers.Replace<ParagraphBlockParser>(new LiteralParagraphParser());

        // What reads &lt; was typed as &lt;.
        builder.InlineParsers.TryRemove<HtmlEntityParser>();
        builder.InlineParsers.Insert(0, new MentionParser());

        // Last: it replaces the renderers that the extensions above bring.
        builder.Extensions.Add(new MessageHtml());
        return builder.Build();
    }

    /// <summary>
    /// Whether a line opens so many quotes and lists that parsing it could only end at <see cref="MaxDepth"/>: Markdig
    /// comes to the same answer, but long after.
    /// </summary>
    public static bool IsTooDeep(ReadOnlySpan<char> text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (CountContainers(text[line]) > MaxDepth)
            {
                return true;
            }
        }

        return false;
    }

    private static int CountContainers(ReadOnlySpan<char> line)
    {
        for (var count = 0; ; count++)
        {
            line = line.TrimStart(" \t");
            var digits = line.IndexOfAnyExceptInRange('0', '9');
            var marker = digits > 0 && line[digits] is '.' or ')' ? digits + 1 : 1;
            var isQuote = line.StartsWith(">");
            var isItem = marker > 1 || (!line.IsEmpty && line[0] is '-' or '+' or '*');
            if (!isQuote && !(isItem && (line.Length == marker || line[marker] is ' ' or '\t')))
            {
                return count;
            }

            line = line[marker..];
        }
    }

    /// <summary>
    /// Paragraphs without link reference definitions (<c>[INFO]: started</c>), which Markdown swallows: a conversation
    /// loses no word. Hence there are no reference links either.
    /// </summary>
    private sealed class LiteralParagraphParser : ParagraphBlockParser
    {
        public LiteralParagraphParser() => ParseSetextHeadings = false;

        public override bool Close(BlockProcessor processor, Block block)
        {
            if (block is ParagraphBlock paragraph)
            {
                ref var lines = ref paragraph.Lines;
                if (lines.Count == 0)
                {
                    return false;
                }

                for (var i = 0; i < lines.Count; i++)
                {
                    lines.Lines[i].Slice.TrimStart();
                }

                lines.Lines[lines.Count - 1].Slice.TrimEnd();
                paragraph.ProcessInlines = CountMarks(lines) <= MaxMarks;
            }

            return true;
        }

        // Runs of what may open emphasis or a link: each that stays open nests, which Markdig takes quadratic time for.
        private static int CountMarks(Markdig.Helpers.StringLineGroup lines)
        {
            var marks = 0;
            for (var i = 0; i < lines.Count; i++)
            {
                var previous = '\0';
                foreach (var c in lines.Lines[i].Slice.AsSpan())
                {
                    marks += c == '[' || (c is '*' or '_' or '~' && c != previous) ? 1 : 0;
                    previous = c;
                }
            }

            return marks;
        }
    }

    private sealed class MessageHtml : IMarkdownExtension
    {
        public void Setup(MarkdownPipelineBuilder pipeline)
        {
        }

        public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
        {
            // All of ours, so that the HTML has exactly the elements and attributes that MessageSanitizer allows.
            renderer.ObjectRenderers.Clear();
            renderer.ObjectRenderers.Add(new ParagraphRenderer());
            renderer.ObjectRenderers.Add(new LiteralInlineRenderer());
            renderer.ObjectRenderers.Add(new BreakRenderer());
            renderer.ObjectRenderers.Add(new LinkRenderer());
            renderer.ObjectRenderers.Add(new PointedLinkRenderer());
            renderer.ObjectRenderers.Add(new EmphasisRenderer());
            renderer.ObjectRenderers.Add(new CodeInlineRenderer());
            renderer.ObjectRenderers.Add(new DelimiterInlineRenderer());
            renderer.ObjectRenderers.Add(new MentionRenderer());
            renderer.ObjectRenderers.Add(new CalloutRenderer());
            renderer.ObjectRenderers.Add(new QuoteRenderer());
            renderer.ObjectRenderers.Add(new ListRenderer());
            renderer.ObjectRenderers.Add(new CodeRenderer());
            renderer.ObjectRenderers.Add(new TableRenderer());
        }
    }
}
