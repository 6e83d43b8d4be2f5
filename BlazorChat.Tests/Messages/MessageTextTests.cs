using BlazorChat.Accounts;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Tests.Messages;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("a\r\nb\rc\nd", "a\nb\nc\nd")]
    [InlineData("a\r\r\n\nb", "a\n\n\nb")]
    [InlineData("a\u2028b\u2029c\u0085d", "a\nb\nc\nd")]
    [InlineData("a\0b\u0007c\u001bd\u007fe\u009ff\tg", "abcdef\tg")]
    [InlineData("👍🏽", "👍🏽")]
    [InlineData("a \t\n\n", "a")]
    [InlineData("\n  \n\t\n  a\n  b", "  a\n  b")]
    [InlineData("a\u200bb\u202ec", "a\u200bb\u202ec")]
    [InlineData(" .", " .")]
    public void Parse_Text_IsNormalised(string text, string expected) => Assert.Equal(expected, MessageText.Parse(text));

    // Not as a theory: an attribute cannot carry broken surrogates.
    [Fact]
    public void Parse_BrokenSurrogates_AreReplaced()
    {
        Assert.Equal("a\ufffdb", MessageText.Parse("a\ud800b"));
        Assert.Equal("\ufffda", MessageText.Parse("\udc00a"));
        Assert.Equal("a\ufffd", MessageText.Parse("a\ud83d"));
        Assert.Equal("\ufffd\ufffd", MessageText.Parse("\udc00\ud800"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\r\n ")]
    [InlineData("\0\u0001")]
    [InlineData("\u200b\u200d\u2060\ufeff")]
    [InlineData("\u202e\u2066 \u2069")]
    [InlineData("\u3164\u115f \u2800\ufe0f")]
    [InlineData("\U000E0041\U000E0100")]
    public void Parse_NothingToSee_IsRefused(string? text) =>
        Assert.Equal(Refusal.Invalid, Assert.Throws<RefusedException>(() => MessageText.Parse(text)).Refusal);

    [Fact]
    public void Parse_LongestText_IsAccepted() => Assert.Equal(Message.MaxLength, MessageText.Parse("\n" + new string('x', Message.MaxLength) + "\r\n").Length);

    [Fact]
    public void Parse_TooLong_IsRefusedWithBothLengths()
    {
        var refused = Assert.Throws<RefusedException>(() => MessageText.Parse(new string('x', Message.MaxLength + 1)));

        Assert.Equal(Refusal.Invalid, refused.Refusal);
        Assert.Contains("10,000", refused.Message, StringComparison.Ordinal);
        Assert.Contains("10,001", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("a\n\n  b\tc", "a b c")]
    [InlineData("**bold** *it* __b__ _i_ ~~s~~ `c`", "bold it b i s c")]
    [InlineData("2 * 3 * 4, snake_case_name, ~5", "2 * 3 * 4, snake_case_name, ~5")]
    [InlineData("> quoted\n>> deeper\nanswer", "quoted deeper answer")]
    [InlineData("- a\n* b\n+ c", "a b c")]
    [InlineData("```cs\nvar a_b = *p;\n```\nafter", "var a_b = *p; after")]
    [InlineData("```one```", "one")]
    [InlineData("see [the **docs**](https://x.example/a) now", "see the docs now")]
    [InlineData("![cat](https://x.example/c.png)!", "cat!")]
    [InlineData("<https://x.example> <b>", "https://x.example <b>")]
    [InlineData("|a|b|\n|-|:-:|\n|1|2|", "a b 1 2")]
    [InlineData("\\*no\\* C:\\dir", "*no* C:\\dir")]
    [InlineData("[INFO] started [", "[INFO] started [")]
    [InlineData("-5 and - 6", "-5 and - 6")]
    public void Excerpt_Markdown_IsPlain(string text, string expected) => Assert.Equal(expected, MessageText.Excerpt(text));

    [Theory]
    [InlineData("hello world", 11, "hello world")]
    [InlineData("hello world", 10, "hello wor…")]
    [InlineData("hello world", 7, "hello…")]
    [InlineData("ab👩‍👩‍👧‍👦cd", 8, "ab…")]
    [InlineData("ae\u0301o\u0302u", 5, "ae\u0301…")]
    [InlineData("👩‍👩‍👧‍👦", 3, "…")]
    public void Excerpt_TooLong_IsCutBetweenGraphemes(string text, int length, string expected) => Assert.Equal(expected, MessageText.Excerpt(text, length));

    [Fact]
    public void Excerpt_LongText_ReadsOnlyItsBeginning()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 2_000));

        var excerpt = MessageText.Excerpt(text);

        Assert.InRange(excerpt.Length, 130, 140);
        Assert.EndsWith("word…", excerpt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody here", "")]
    [InlineData("a@b.c x@y", "")]
    [InlineData("@", "")]
    [InlineData("@ada", "ADA")]
    [InlineData("hi @Ada, bye", "ADA")]
    [InlineData("@Ada. x", "ADA|ADA.|ADA. X")]
    [InlineData("@Ada's x", "ADA|ADA'S|ADA'S X")]
    [InlineData("(@Ada)", "ADA")]
    [InlineData("@a b\nc", "A|A B")]
    [InlineData("@a  b", "A")]
    [InlineData("@o'brien-smith", "O|O'BRIEN|O'BRIEN-SMITH")]
    [InlineData("@jo\u0308rg", "JÖRG")]
    [InlineData("@a b c d e f g h", "A|A B|A B C|A B C D|A B C D E|A B C D E F")]
    [InlineData("@a @b", "A|B")]
    [InlineData("\ud835\udc00@a", "")]
    public void MentionCandidates_Text_AreAllPossibleNames(string text, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), MessageText.MentionCandidates(text));

    [Theory]
    [InlineData("Ada Lovelace")]
    [InlineData("Martin L. King Jr.")]
    [InlineData("Jörg Straßer")]
    [InlineData("ǆ ﬁ ı İ")]
    [InlineData("שרה כהן")]
    [InlineData("हिन्दी नाम")]
    [InlineData("佐藤 さくら")]
    [InlineData("--x--")]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdefghij")]
    public void MentionCandidates_AnyName_IsFoundAsIdentityStoresIt(string name)
    {
        var stored = new UpperInvariantLookupNormalizer().NormalizeName(PersonName.Parse(name));

        foreach (var text in (string[])[$"@{name}", $"hi @{name}!", $"(@{name})", $"@{name}, x", $"@{name.Normalize(System.Text.NormalizationForm.FormD)} x", $"@{name}'s", $"@{name}. And"])
        {
            Assert.Contains(stored, MessageText.MentionCandidates(text));
        }
    }

    [Fact]
    public void MentionCandidates_Bombs_AreBounded()
    {
        Assert.Equal(50, MessageText.MentionCandidates(string.Concat(Enumerable.Range(0, 2_000).Select(i => $"@n{i} "))).Count);
        Assert.InRange(MessageText.MentionCandidates(string.Concat(Enumerable.Repeat("@a.b-c_d'e.f-g h i j k l m n o p ", 300))).Count, 1, 16);
        Assert.Empty(MessageText.MentionCandidates(new string('@', Message.MaxLength)));
        Assert.Empty(MessageText.MentionCandidates("@" + new string('x', Message.MaxLength - 1)));
    }
}
