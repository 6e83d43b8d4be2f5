using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using BlazorChat.Accounts;
using BlazorChat.Messages;

namespace BlazorChat.Tests.Messages;

public sealed class MessageRendererTests
{
    private static readonly MessageRenderer Renderer = new();
    private static readonly Dictionary<string, PersonView> Nobody = [];

    private static readonly Dictionary<string, PersonView> People = new[]
    {
        new PersonView(5, "Ada Lovelace", null, Role.Member),
        new PersonView(6, "Ada", null, Role.Member),
        new PersonView(7, "Jörg O'Neill Jr.", null, Role.Member),
        new PersonView(8, "שרה", null, Role.Member),
        new PersonView(9, "<script>alert(1)</script>\"onclick=\"alert(1)", null, Role.Member),
        new PersonView(10, "snake_case", null, Role.Member),
    }.ToDictionary(p => p.Id == 9 ? "MALLORY" : p.Name.Normalize().ToUpperInvariant());

    private const string Link = "target=\"_blank\" rel=\"noopener noreferrer nofollow\"";

    public static TheoryData<string, string> Features => new()
    {
        // Paragraphs and line breaks
        { "hello", "<p dir=\"auto\">hello</p>" },
        { "a\nb", "<p dir=\"auto\">a<br>b</p>" },
        { "a  \nb\\\nc", "<p dir=\"auto\">a<br>b<br>c</p>" },
        { "a\n\n\nb", "<p dir=\"auto\">a</p><p dir=\"auto\">b</p>" },
        { "    indented", "<p dir=\"auto\">indented</p>" },
        { "a\u00a0b", "<p dir=\"auto\">a&nbsp;b</p>" },

        // Emphasis
        { "**bold** *italic* _italic_ __bold__", "<p dir=\"auto\"><strong>bold</strong> <em>italic</em> <em>italic</em> <strong>bold</strong></p>" },
        { "***both*** ~~gone~~ ~5~", "<p dir=\"auto\"><em><strong>both</strong></em> <del>gone</del> ~5~</p>" },
        { "snake_case_name 2 * 3 * 4", "<p dir=\"auto\">snake_case_name 2 * 3 * 4</p>" },
        { "\\*no\\*", "<p dir=\"auto\">*no*</p>" },

        // Code
        { "`a <b> **c**`", "<p dir=\"auto\"><code>a &lt;b&gt; **c**</code></p>" },
        { "```\na\n  b\n```", "<pre dir=\"ltr\"><code>a\n  b</code></pre>" },
        { "```cs\nif (a < b) { }\n```", "<pre dir=\"ltr\"><code class=\"language-cs\">if (a &lt; b) { }</code></pre>" },
        { "~~~c++\nx\n~~~", "<pre dir=\"ltr\"><code class=\"language-c++\">x</code></pre>" },
        { "```\n\nx\n\n```", "<pre dir=\"ltr\"><code>\nx\n</code></pre>" },
        { "```look at this\nx\n```", "<pre dir=\"ltr\"><code>look at this\nx</code></pre>" },
        { "```js\nnever closed", "<pre dir=\"ltr\"><code class=\"language-js\">never closed</code></pre>" },

        // Quotes and lists
        { "> a\n> b\n\nc", "<blockquote><p dir=\"auto\">a<br>b</p></blockquote><p dir=\"auto\">c</p>" },
        { ">> a", "<blockquote><blockquote><p dir=\"auto\">a</p></blockquote></blockquote>" },
        { "- a\n- b\n  - c", "<ul><li dir=\"auto\">a</li><li dir=\"auto\">b<ul><li dir=\"auto\">c</li></ul></li></ul>" },
        { "1. a\n2. b", "<ol><li dir=\"auto\">a</li><li dir=\"auto\">b</li></ol>" },
        { "3) a\n4) b", "<ol start=\"3\"><li dir=\"auto\">a</li><li dir=\"auto\">b</li></ol>" },
        { "- a\n\n  b\n- c", "<ul><li dir=\"auto\"><p dir=\"auto\">a</p><p dir=\"auto\">b</p></li><li dir=\"auto\"><p dir=\"auto\">c</p></li></ul>" },

        // Links
        { "[a **b**](https://x.example)", $"<p dir=\"auto\"><a href=\"https://x.example\" {Link}>a <strong>b</strong></a></p>" },
        { "[a](https://x.example \"t\")", $"<p dir=\"auto\"><a href=\"https://x.example\" title=\"t\" {Link}>a</a></p>" },
        { "(see https://x.example/a?b=c&d.)", $"<p dir=\"auto\">(see <a href=\"https://x.example/a?b=c&amp;d\" {Link}>https://x.example/a?b=c&amp;d</a>.)</p>" },
        { "www.x.example", $"<p dir=\"auto\"><a href=\"https://www.x.example\" {Link}>www.x.example</a></p>" },
        { "<https://x.example>", $"<p dir=\"auto\"><a href=\"https://x.example\" {Link}>https://x.example</a></p>" },
        { "<a@x.example>", $"<p dir=\"auto\"><a href=\"mailto:a@x.example\" {Link}>a@x.example</a></p>" },
        { "mailto:a@x.example", $"<p dir=\"auto\"><a href=\"mailto:a@x.example\" {Link}>a@x.example</a></p>" },
        { "![cat](https://x.example/c.png)", $"<p dir=\"auto\"><a href=\"https://x.example/c.png\" {Link}>cat</a></p>" },
        { "![](https://x.example/c.png)", $"<p dir=\"auto\"><a href=\"https://x.example/c.png\" {Link}>https://x.example/c.png</a></p>" },
        { "[![cat](https://x.example/c.png)](https://y.example)", $"<p dir=\"auto\"><a href=\"https://y.example\" {Link}>cat</a></p>" },
        { "[x](javascript:alert(1))", "<p dir=\"auto\">[x](javascript:alert(1))</p>" },
        { "[x](/admin) ![y](y.png)", "<p dir=\"auto\">[x](/admin) ![y](y.png)</p>" },
        { "ftp://x.example", "<p dir=\"auto\">ftp://x.example</p>" },

        // Tables
        {
            "|a|b|\n|:-|-:|\n|1|**2**|",
            "<table><thead><tr><th dir=\"auto\" align=\"left\">a</th><th dir=\"auto\" align=\"right\">b</th></tr></thead>"
            + "<tbody><tr><td dir=\"auto\" align=\"left\">1</td><td dir=\"auto\" align=\"right\"><strong>2</strong></td></tr></tbody></table>"
        },
        { "a | b", "<p dir=\"auto\">a | b</p>" },

        // What stays text
        { "# no headline\nno\n===\nno\n---", "<p dir=\"auto\"># no headline<br>no<br>===<br>no<br>---</p>" },
        { "<b>x</b> &lt; &copy;", "<p dir=\"auto\">&lt;b&gt;x&lt;/b&gt; &amp;lt; &amp;copy;</p>" },
        { "<div>\n*x*\n</div>", "<p dir=\"auto\">&lt;div&gt;<br><em>x</em><br>&lt;/div&gt;</p>" },
        { "[INFO]: started", "<p dir=\"auto\">[INFO]: started</p>" },
        { ">", "<p dir=\"auto\">&gt;</p>" },
        { "```", "<p dir=\"auto\">```</p>" },
        { "-", "<p dir=\"auto\">-</p>" },
    };

    [Theory]
    [MemberData(nameof(Features))]
    public void Render_Markdown_GivesHtml(string source, string html) => Assert.Equal(html, Renderer.Render(source, Nobody).Html);

    [Theory]
    [InlineData("hi @ada", "hi {6:Ada}")]
    [InlineData("@Ada Lovelace, hello", "{5:Ada Lovelace}, hello")]
    [InlineData("@Ada Byron", "{6:Ada} Byron")]
    [InlineData("@Ada. @Ada's (@Ada) @Ada@Ada", "{6:Ada}. {6:Ada}'s ({6:Ada}) {6:Ada}@Ada")]
    [InlineData("@Adam x@Ada @Bob @", "@Adam x@Ada @Bob @")]
    [InlineData("**@Ada** _@Ada_", "<strong>{6:Ada}</strong> <em>{6:Ada}</em>")]
    [InlineData("@jörg o'neill jr.", "{7:Jörg O'Neill Jr.}")]
    [InlineData("@jo\u0308rg o'neill jr.!", "{7:Jörg O'Neill Jr.}!")]
    [InlineData("@Ada\u0301", "@Ada\u0301")]
    [InlineData("@Ada\nLovelace", "{6:Ada}<br>Lovelace")]
    [InlineData("@Ada  Lovelace", "{6:Ada}  Lovelace")]
    [InlineData("@שרה: שלום", "{8:שרה}: שלום")]
    [InlineData("@snake_case", "{10:snake_case}")]
    [InlineData("`@Ada` \\@Ada", "<code>@Ada</code> @Ada")]
    [InlineData("[@Ada](https://x.example)", "<a href=\"https://x.example\" " + Link + ">@Ada</a>")]
    [InlineData("https://x.example/@Ada", "<a href=\"https://x.example/@Ada\" " + Link + ">https://x.example/@Ada</a>")]
    public void Render_Mentions_NameThePerson(string source, string expected)
    {
        var rendered = Renderer.Render(source, People);

        var html = System.Text.RegularExpressions.Regex.Replace(expected, @"\{(\d+):([^}]+)\}", "<span class=\"mention\" data-user-id=\"$1\">@$2</span>");
        Assert.Equal($"<p dir=\"auto\">{html}</p>", rendered.Html);
        Assert.Equal(source, rendered.Text);
        var named = System.Text.RegularExpressions.Regex.Matches(expected, @"\{(\d+):").Select(m => long.Parse(m.Groups[1].Value)).Distinct();
        Assert.Equal(named, rendered.Mentions);
    }

    [Fact]
    public void Render_MentionInCode_MentionsNobody() => Assert.Empty(Renderer.Render("```\n@Ada\n```", People).Mentions);

    [Fact]
    public void Render_SeveralMentions_EachOnceInOrder() =>
        Assert.Equal([8, 6, 5], Renderer.Render("> @שרה\n\n- @Ada\n- @Ada Lovelace\n\n|@Ada|\n|-|\n|x|", People).Mentions);

    [Fact]
    public void Render_AnyMention_WasACandidate()
    {
        const string text = "@Ada, @ada lovelace's and (@jörg o'neill jr.) met @שרה.";

        var candidates = MessageText.MentionCandidates(text);

        var found = People.Where(p => candidates.Contains(p.Key)).ToDictionary();
        Assert.Equal([6, 5, 7, 8], Renderer.Render(text, found).Mentions);
    }

    public static TheoryData<string> PlainTexts =>
    [
        "hello", "Good morning everybody, did the build go through?", "a\nb", "a\n\nb\nc\n\n\nd", "it's \"quoted\" & more", "a > b -> c",
        "100% #1 = 2 + 3 / (4) {x} $5 ^6; a:b, c!", "Ünïcödé ñandú", "日本語のテキスト\n二行目", "שלום עולם", "مرحبا\n\nبالعالم", "emoji 👩‍👩‍👧‍👦🏳️‍🌈 ok",
        "# no headline", "a\n===", "3 apples", "3, 4", "12:30", "e.g. this\nand that", "x\u200by\u202ez", "\ufeffbom", "a\u3000b", "a&amp;b", "&lt;", "Hello!\n- ", "zalgo z\u0301\u0302\u0303",
        "end with colon:", "www", "http:/x", "mail to", "a.b.c", "(a)", "'single'", "?", "\U0001D400 math", "=", "$x$", ":smile:", "a\n#b\n!c",
    ];

    [Theory]
    [MemberData(nameof(PlainTexts))]
    public void Render_PlainText_FastPathEqualsSlowPath(string text) => Assert.Equal(Renderer.RenderMarkdown(text, Nobody).Html, Renderer.Render(text, Nobody).Html);

    [Fact]
    public void Render_RandomPlainText_FastPathEqualsSlowPath()
    {
        string[] parts = ["a", "word", " ", " ", "\n", "\n\n", "&", "é", "漢", "שׁ", "👍🏽", "\u200d", "#", "-", "+", ">", "1", "1.", "2)", ".", ":", "=", "'", "\"", "@x", "www.", "\u00a0", "\u2003", "!", "(", ")", "{", "}", "$", "^", "%", ";", "/"];
        var random = new Random(17);
        var fast = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
            var slow = Renderer.RenderMarkdown(text, Nobody).Html;
            if (PlainText.TryRender(text, false) is { } html)
            {
                fast++;
                Assert.Equal(slow, html);
            }
        }

        Assert.InRange(fast, 1_000, 4_900);
    }

    [Fact]
    public void Render_PlainTextWithAt_TakesFastPathOnlyWithoutPeople()
    {
        Assert.NotNull(PlainText.TryRender("hi @Ada", mayMention: false));
        Assert.Null(PlainText.TryRender("hi @Ada", mayMention: true));
    }

    [Fact]
    public void XssPayloads_Are_Enough() => Assert.InRange(XssPayloads.All.Distinct().Count(), 200, 1_000);

    public static TheoryData<string, string> XssContexts => new()
    {
        { "alone", "{0}" },
        { "amid text", "hello **you** {0} and *more*" },
        { "second line", "hello\n{0}\nbye" },
        { "link text", "[{0}](https://ok.example)" },
        { "link address", "[x]({0})" },
        { "pointed address", "[x](<{0}>)" },
        { "link title", "[x](https://ok.example \"{0}\")" },
        { "image text", "![{0}](https://ok.example/x.png)" },
        { "reference", "[x]: {0}\n\n[x]" },
        { "pointed", "<{0}>" },
        { "after address", "https://ok.example/{0}" },
        { "mail", "mailto:x@ok.example?subject={0}" },
        { "table cell", "|a|b|\n|-|-|\n|{0}|c|" },
        { "fence info", "```{0}\nx\n```" },
        { "fence", "```html\n{0}\n```" },
        { "inline code", "`{0}`" },
        { "quote", "> {0}" },
        { "list", "- {0}\n  1. {0}" },
        { "mention", "@Mallory {0} @{0}" },
        { "attributes", "x{{{0}}}" },
    };

    [Theory]
    [MemberData(nameof(XssContexts))]
    public void Render_XssPayloads_LeaveOnlyWhatIsAllowed(string context, string template)
    {
        foreach (var payload in XssPayloads.All)
        {
            // Both as it can be posted, and as if nobody had looked at it before.
            var text = template.Replace("{{", "{").Replace("}}", "}").Replace("{0}", payload);
            AssertHarmless(Renderer.Render(text, People).Html, $"{context}: {text}");
            AssertHarmless(Renderer.Render(MessageText.Parse(text), Nobody).Html, $"{context}: {text}");
        }
    }

    [Fact]
    public void Sanitize_RawXssPayloads_LeavesOnlyWhatIsAllowed()
    {
        var sanitizer = new MessageSanitizer();
        foreach (var payload in XssPayloads.All)
        {
            AssertHarmless(sanitizer.Sanitize(payload), payload);
            AssertHarmless(sanitizer.Sanitize($"<p>{payload}</p>"), payload);
        }
    }

    [Fact]
    public void Render_PersonWithMarkupAsName_IsEncoded()
    {
        var html = Renderer.Render("@Mallory", People).Html;

        Assert.Equal("<p dir=\"auto\"><span class=\"mention\" data-user-id=\"9\">@&lt;script&gt;alert(1)&lt;/script&gt;\"onclick=\"alert(1)</span></p>", html);
    }

    [Fact]
    public void Render_RandomSoup_NeverThrowsAndIsHarmless()
    {
        string[] parts =
        [
            "*", "**", "_", "__", "~~", "`", "```", "```js\n", "\n", "\n\n", "> ", "- ", "1. ", "  ", "    ", "\t", "|", "|-|-|\n", "[", "]", "](", ")", "![", "<", ">", "</", "&", "&#x", ";",
            "http://", "https://a.b/c", "www.a.b", "mailto:", "javascript:", "data:", "@", "@Ada", "@Ada Lovelace", "@Mallory", "script", "<script>", "onerror=", "\"", "'", "=", "\\", "#", "---", "===",
            "a", "word", " ", "é", "漢字", "שלום", "\u202e", "\u200b", "\u0301", "👩‍👩‍👧", "\ud800", "\udc00", "\uffff", "\0", "\u00a0", "\u2028", "[^1]", "{.x}", ":x:", "$$", "\r\n", "\r",
        ];
        var random = new Random(42);
        for (var i = 0; i < 4_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ =>
                random.Next(12) == 0 ? ((char)random.Next(1, 0x10000)).ToString() : parts[random.Next(parts.Length)]));
            AssertHarmless(Renderer.Render(text, People).Html, text);
            _ = MessageText.Excerpt(text, random.Next(1, 80));
            _ = MessageText.MentionCandidates(text);
            if (ParseOrNull(text) is { } parsed)
            {
                Assert.Equal(parsed, MessageText.Parse(parsed));
                AssertHarmless(Renderer.Render(parsed, People).Html, parsed);
            }
        }
    }

    public static TheoryData<string, string> Bombs
    {
        get
        {
            static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, Message.MaxLength / part.Length));
            var data = new TheoryData<string, string>();
            foreach (var part in (string[])[
                ">", "> ", "[", "]", "*", "`", "_", "~~", "* ", "- ", "1. ", "> - ", "*a ", "*a_ ", "**a ", "_a*", "[*", "[a](", "![", "[|", "|*a*", "|", "a|", "|a\n", "<", "<a", "\\", "@", "@a ", "@a b ",
                "http://a.b ", "**http://", "- a\n", "- a\n\n", "> a\n\n", "```\n", "`a ``", "|*c|d|\n", "\u0301", "a\n", "](", "&#"])
            {
                data.Add(part, Repeat(part));
                data.Add("x " + part, "*x " + Repeat(part)[3..]);
            }

            data.Add("nested brackets", new string('[', 5_000) + new string(']', 5_000));
            data.Add("nested emphasis", Repeat("*_")[..5_000] + Repeat("_*")[..5_000]);
            data.Add("deep list", string.Concat(Enumerable.Range(0, 99).Select(i => new string(' ', i * 2) + "- a\n")));
            data.Add("wide table", "|" + Repeat("a|")[..3_300] + "\n|" + Repeat("-|")[..3_300] + "\n|" + Repeat("b|")[..3_300]);
            data.Add("tall table", "|a|b|\n|-|-|\n" + Repeat("|c|d|\n")[..9_900]);
            data.Add("fences of any length", string.Concat(Enumerable.Range(1, 138).Select(i => new string('`', i) + " ")));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Render_Bomb_IsHarmless(string name, string text)
    {
        // Hangs, where the limits on nesting and marks are gone; how long it takes otherwise is no matter of a test.
        AssertHarmless(Renderer.Render(text, Nobody).Html, name);
    }

    [Fact]
    public void Render_TooManyMarksInOneParagraph_OnlyThatStaysLiteral()
    {
        var html = Renderer.Render("**a**\n\n" + string.Concat(Enumerable.Repeat("*b ", 900)) + "<i>\nend\n\n**c**", Nobody).Html;

        Assert.StartsWith("<p dir=\"auto\"><strong>a</strong></p><p dir=\"auto\">*b *b ", html);
        Assert.EndsWith("*b &lt;i&gt;<br>end</p><p dir=\"auto\"><strong>c</strong></p>", html);
    }

    [Fact]
    public void Render_NestedTooDeeply_StaysAsTyped() =>
        Assert.Equal($"<p dir=\"auto\">{string.Concat(Enumerable.Repeat("&gt;", 200))} &lt;x&gt;</p>", Renderer.Render(new string('>', 200) + " <x>", Nobody).Html);

    [Fact]
    public void Render_AfterOneThatFailed_StartsAfresh()
    {
        // Few containers on each line, so that it is Markdig that stops, within a list.
        var deep = string.Concat(Enumerable.Range(0, 60).Select(i => new string(' ', i * 2) + "- a\n"));
        Assert.StartsWith("<p dir=\"auto\">- a<br>", Renderer.Render(deep, Nobody).Html);

        Assert.Equal("<p dir=\"auto\"><strong>a</strong></p>", Renderer.Render("**a**", Nobody).Html);
    }

    [Fact]
    public void Render_ManyThreads_GiveTheSame()
    {
        var texts = Features.Select(f => f.Data.Item1).Concat(XssPayloads.All).ToArray();
        var expected = texts.Select(t => Renderer.Render(t, People).Html).ToArray();

        Parallel.For(0, 4 * texts.Length, i =>
        {
            var n = i % texts.Length;
            Assert.Equal(expected[n], Renderer.Render(texts[n], People).Html);
        });
    }

    private static string? ParseOrNull(string text)
    {
        try
        {
            return MessageText.Parse(text);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    // Written out again rather than taken from the sanitizer: a slip there must show here.
    private static void AssertHarmless(string html, string source)
    {
        using var document = new HtmlParser().ParseDocument("<!doctype html><html><body><div id=root>" + html + "</div></body></html>");
        var root = document.GetElementById("root")!;
        Assert.True(document.Body!.ChildNodes.Length == 1, $"broke out of its place: {source}");
        Assert.True(document.Head!.ChildElementCount == 0, $"reached the head: {source}");
        foreach (var node in root.GetDescendants())
        {
            Assert.True(node is IText or IElement, $"{node.NodeName} from {source}");
            if (node is IElement element)
            {
                Assert.True(element.NamespaceUri == "http://www.w3.org/1999/xhtml" && IsAllowed(element.LocalName), $"<{element.LocalName}> from {source}");
                foreach (var attribute in element.Attributes)
                {
                    Assert.True(IsAllowed(element.LocalName, attribute.Name, attribute.Value), $"<{element.LocalName} {attribute.Name}=\"{attribute.Value}\"> from {source}");
                }
            }
        }
    }

    private static bool IsAllowed(string element) => element is "p" or "br" or "strong" or "em" or "del" or "code" or "pre" or "blockquote" or "ul" or "ol" or "li"
        or "a" or "span" or "table" or "thead" or "tbody" or "tr" or "th" or "td";

    private static bool IsAllowed(string element, string name, string value) => (element, name) switch
    {
        ("a", "href") => Uri.TryCreate(value, UriKind.Absolute, out var uri) ? uri.Scheme is "http" or "https" or "mailto" : value.StartsWith("http", StringComparison.OrdinalIgnoreCase) || value.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase),
        ("a", "title") => true,
        ("a", "target") => value == "_blank",
        ("a", "rel") => value == "noopener noreferrer nofollow",
        ("code", "class") => System.Text.RegularExpressions.Regex.IsMatch(value, @"^language-[A-Za-z0-9+#._-]{1,32}$"),
        ("span", "class") => value == "mention",
        ("span", "data-user-id") => value.All(char.IsAsciiDigit),
        ("ol", "start") => value.All(char.IsAsciiDigit),
        ("th" or "td", "align") => value is "left" or "center" or "right",
        ("p" or "li" or "th" or "td", "dir") => value == "auto",
        ("pre", "dir") => value == "ltr",
        _ => false,
    };
}
