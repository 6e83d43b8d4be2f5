using BlazorChat.Accounts;
using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Messages;

/// <summary>Who can be mentioned in the text being rendered, and who was.</summary>
internal sealed class MentionContext(IReadOnlyDictionary<string, PersonView> people, bool mayCall = false) : MarkdownParserContext
{
    /// <summary>Whether <c>@all</c> and <c>@here</c> mean something here.</summary>
    public bool MayCall { get; } = mayCall;

    /// <summary>Who was called all at once.</summary>
    public Callout Called { get; set; }

    /// <summary>By normalised name.</summary>
    public IReadOnlyDictionary<string, PersonView> People { get; } = people;

    /// <summary>Who was written as a mention, in order.</summary>
    public List<long> Mentioned { get; } = [];
}

/// <summary>A person named by <c>@name</c>.</summary>
internal sealed class MentionInline(MentionContext context, PersonView person) : LeafInline
{
    /// <summary>The rendering that it belongs to.</summary>
    public MentionContext Context { get; } = context;

    /// <summary>The person.</summary>
    public PersonView Person { get; } = person;
}

/// <summary><c>@all</c> or <c>@here</c>.</summary>
internal sealed class CalloutInline(MentionContext context, Callout callout) : LeafInline
{
    /// <summary>The rendering that it belongs to.</summary>
    public MentionContext Context { get; } = context;

    /// <summary>Who is called.</summary>
    public Callout Callout { get; } = callout;
}

/// <summary>
/// Recognises mentions while Markdown is parsed rather than in the HTML afterwards, so that code, links and escapes
/// (<c>\@name</c>) are left alone by construction.
/// </summary>
internal sealed class MentionParser : InlineParser
{
    /// <summary>Answers to <c>@</c>.</summary>
    public MentionParser() => OpeningCharacters = ['@'];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        if (processor.Context is not MentionContext context || !MentionNames.IsWordStart(slice.Text, slice.Start))
        {
            return false;
        }

        Span<int> ends = stackalloc int[MentionNames.Capacity];
        var start = slice.Start + 1;
        for (var i = MentionNames.Prefixes(slice.Text, start, slice.End + 1, ends) - 1; i >= 0; i--)
        {
            var name = MentionNames.Normalize(slice.Text.AsSpan(start, ends[i] - start));
            if (context.People.TryGetValue(name, out var person))
            {
                processor.Inline = new MentionInline(context, person);
                slice.Start = ends[i];
                return true;
            }

            if (context.MayCall && Callouts.Find(name) is var callout && callout != Callout.None)
            {
                processor.Inline = new CalloutInline(context, callout);
                slice.Start = ends[i];
                return true;
            }
        }

        return false;
    }
}

/// <summary>Writes a mention; inside a link it is only the link's text and mentions nobody.</summary>
internal sealed class MentionRenderer : HtmlObjectRenderer<MentionInline>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, MentionInline obj)
    {
        if (LinkRenderer.IsInsideLink(obj))
        {
            renderer.Write('@').WriteEscape(obj.Person.Name);
            return;
        }

        obj.Context.Mentioned.Add(obj.Person.Id);
        renderer.Write("<span class=\"mention\" data-user-id=\"").Write(obj.Person.Id.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Write("\">@").WriteEscape(obj.Person.Name).Write("</span>");
    }
}

/// <summary>Writes a callout; inside a link it is only the link's text and calls nobody.</summary>
internal sealed class CalloutRenderer : HtmlObjectRenderer<CalloutInline>
{
    /// <inheritdoc />
    protected override void Write(HtmlRenderer renderer, CalloutInline obj)
    {
        var name = Callouts.NameOf(obj.Callout);
        if (LinkRenderer.IsInsideLink(obj))
        {
            renderer.Write('@').Write(name);
            return;
        }

        obj.Context.Called = (Callout)Math.Max((int)obj.Context.Called, (int)obj.Callout);
        renderer.Write("<span class=\"mention callout\">@").Write(name).Write("</span>");
    }
}
