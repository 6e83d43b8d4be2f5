using System.Collections.Concurrent;
using System.Globalization;
using BlazorChat.Accounts;
using Markdig;
using Markdig.Renderers;
using Markdig.Syntax;

namespace BlazorChat.Messages;

/// <summary>A message's text, and what it looks like.</summary>
/// <param name="Text">The Markdown source.</param>
/// <param name="Html">The source rendered and sanitised.</param>
/// <param name="Mentions">The people named, each once, in the order of the text.</param>
/// <param name="Callout">Who is called all at once.</param>
public sealed record RenderedText(string Text, string Html, IReadOnlyList<long> Mentions, Callout Callout = Callout.None);

/// <summary>
/// Renders Markdown to sanitised HTML, once, when a message is written. Whatever it is given, it answers: what cannot be
/// rendered sensibly is shown as it was typed.
/// </summary>
public sealed class MessageRenderer
{
    /// <summary>Stored beside the HTML; to be raised whenever the same text would give other HTML.</summary>
    public const int Version = 2;

    private readonly MarkdownPipeline _pipeline = MessageMarkdown.Build();
    private readonly MessageSanitizer _sanitizer = new();
    private readonly ConcurrentQueue<HtmlRenderer> _renderers = [];

    /// <summary>Renders a text that <see cref="MessageText.Parse"/> accepted.</summary>
    /// <param name="text">The Markdown source.</param>
    /// <param name="people">Who can be mentioned, by normalised name: those of <see cref="MessageText.MentionCandidates"/> who are there.</param>
    /// <param name="mayCall">Whether <c>@all</c> and <c>@here</c> call people; otherwise they are words like others.</param>
    public RenderedText Render(string text, IReadOnlyDictionary<string, PersonView> people, bool mayCall = false) =>
        PlainText.TryRender(text, mayCall || people.Count > 0) is { } html ? new RenderedText(text, html, []) : RenderMarkdown(text, people, mayCall);

    /// <summary>The long way, for any text.</summary>
    internal RenderedText RenderMarkdown(string text, IReadOnlyDictionary<string, PersonView> people, bool mayCall = false)
    {
        if (MessageMarkdown.IsTooDeep(text))
        {
            return AsTyped(text);
        }

        var mentions = new MentionContext(people, mayCall);
        try
        {
            var html = _sanitizer.Sanitize(Write(Markdown.Parse(text, _pipeline, mentions)));
            if (ShowsSomething(html))
            {
                return new RenderedText(text, html, mentions.Mentioned.Count == 0 ? [] : [.. mentions.Mentioned.Distinct()], mentions.Called);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // ArgumentException is Markdig's answer to elements nested too deeply; nothing is wrong with the message but
            // its looks. Nor must any mistake in a parser keep a person from talking.
        }

        return AsTyped(text);
    }

    private string Write(MarkdownDocument document)
    {
        if (!_renderers.TryDequeue(out var renderer))
        {
            renderer = MessageMarkdown.CreateRenderer(_pipeline);
        }

        using var html = new StringWriter(CultureInfo.InvariantCulture);
        renderer.Writer = html;
        renderer.Render(document);

        // Not in a finally: one that failed has its state of that moment, and is dropped.
        renderer.Writer = TextWriter.Null;
        _renderers.Enqueue(renderer);
        return html.ToString();
    }

    private static RenderedText AsTyped(string text) => new(text, PlainText.Render(text), []);

    // A lone ">" or an empty fence renders to an empty box; nobody meant that.
    private static bool ShowsSomething(string html)
    {
        var inTag = false;
        foreach (var c in html)
        {
            if (c == '<')
            {
                inTag = true;
            }
            else if (c == '>')
            {
                inTag = false;
            }
            else if (!inTag && !char.IsWhiteSpace(c))
            {
                return true;
            }
        }

        return false;
    }
}
