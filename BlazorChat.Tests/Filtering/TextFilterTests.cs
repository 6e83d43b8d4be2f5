using System.Text.RegularExpressions;
using BlazorChat.Filtering;

namespace BlazorChat.Tests.Filtering;

public sealed class TextFilterTests
{
    [Theory]
    // Case, and whole words.
    [InlineData("bad", "That is BAD.", "That is •••.")]
    [InlineData("bad", "badly said, forbade, bad", "badly said, forbade, •••")]
    [InlineData("bad", "bad-tempered (bad) \"bad\"", "•••-tempered (•••) \"•••\"")]
    [InlineData("bad", "_bad_ and **bad** and snake_bad_case", "_•••_ and **•••** and snake_•••_case")]
    // The wildcard stands for letters, also none.
    [InlineData("bad*", "bad badly badger ba", "••• ••••• •••••• ba")]
    [InlineData("*bad", "forbad bad badly", "•••••• ••• badly")]
    [InlineData("b*d", "bd bad bread b d bread's", "•• ••• ••••• b d •••••'s")]
    [InlineData("*bad*", "unbadly so", "••••••• so")]
    [InlineData("b**d", "bad", "•••")]
    // Several words, with any space between.
    [InlineData("bad  word", "a bad\n word, a badword", "a •••\n ••••, a badword")]
    // Words that are not letters only.
    [InlineData("c++", "C++ and c+ and C++11", "••• and c+ and •••11")]
    [InlineData("$$$", "win $$$ now", "win ••• now")]
    [InlineData("a.b", "a.b axb", "••• axb")]
    // Any script.
    [InlineData("ПЛОХО", "очень плохо, неплохо", "очень •••••, неплохо")]
    [InlineData("κακό", "ΚΑΚΌ λόγο", "•••• λόγο")]
    [InlineData("坏话", "说坏话的人", "说••的人")]
    [InlineData("ばか", "あなたはばかです", "あなたは••です")]
    [InlineData("รัก", "ฉันรักคุณ", "ฉัน••คุณ")]
    [InlineData("बुरा", "बहुत बुरा है, बुराई", "बहुत •• है, बुराई")]
    [InlineData("बुर", "बुरा बुर", "बुरा ••")]
    [InlineData("बु*", "बुराई है", "••• है")]
    [InlineData("سيئ", "كلام سيئ جدا", "كلام ••• جدا")]
    [InlineData("école", "E\u0301COLE e\u0301cole", "••••• •••••")]
    [InlineData("🖕", "so 🖕🏽 and 🖕", "so • and •")]
    public void Judge_AWord_IsCoveredWhereItStands(string word, string text, string masked) =>
        Assert.Equal(masked, Judge(text, Mask(word)).Text);

    [Theory]
    [InlineData("b\u200Ba\u200Dd word", "••• word")]
    [InlineData("\u2060b\uFEFFad", "\u2060•••")]
    [InlineData("b\u00ADad", "•••")]
    [InlineData("ＢＡＤ ｗｏｒｄ", "••• ｗｏｒｄ")]
    [InlineData("𝓫𝓪𝓭 𝐛𝐚𝐝 ⓑⓐⓓ", "••• ••• •••")]
    [InlineData("b\u0336a\u0336d\u0336!", "•••!")]
    [InlineData("👩‍👩‍👧 bad 👩‍👩‍👧", "👩‍👩‍👧 ••• 👩‍👩‍👧")]
    public void Judge_AWordInDisguise_IsCoveredOnTheRightCharacters(string text, string masked) =>
        Assert.Equal(masked, Judge(text, Mask("bad")).Text);

    [Theory]
    [InlineData("```\nbad code\n```", "```\n••• code\n```")]
    [InlineData("[bad](https://example.com/x)", "[•••](https://example.com/x)")]
    [InlineData("> bad\n> ok", "> •••\n> ok")]
    public void Judge_AMask_LeavesTheFormOfTheMessage(string text, string masked) => Assert.Equal(masked, Judge(text, Mask("bad")).Text);

    [Fact]
    public void Judge_AMaskOverCodeAndLines_KeepsFencesAndLineEnds() => Assert.Equal(
        "a •\n```\n••\n```\n• b", Judge("a x\n```\nyy\n```\nz b", new FilterRule { Pattern = @"x[\s\S]*z", IsRegex = true, Action = FilterAction.Mask }).Text);

    [Fact]
    public void Judge_AMaskedText_HasNothingMoreToMask()
    {
        FilterRule[] rules = [Mask("bad"), Mask("bad word"), Mask("word*"), Pattern(@"\d{3}-\d{4}", FilterAction.Mask)];
        var masked = Judge("A bad word, bad  words, 555-1234 and ｂａｄ.", rules);

        Assert.Equal("A ••• ••••, •••  •••••, •••••••• and •••.", masked.Text);
        Assert.True(Judge(masked.Text, rules).IsPass);
    }

    [Fact]
    public void Judge_SeveralActions_TheStrictestDecides()
    {
        FilterRule[] rules = [Mask("mild"), Rule("doubtful", FilterAction.Hold, "We look at it."), Rule("bad", FilterAction.Block, "Not here.")];

        Assert.Equal(new Verdict(FilterAction.Block, "mild doubtful bad", "Not here.", "bad"), Judge("mild doubtful bad", rules));
        Assert.Equal(new Verdict(FilterAction.Hold, "•••• Doubtful", "We look at it.", "Doubtful"), Judge("mild Doubtful", rules));
        Assert.Equal(new Verdict(FilterAction.Mask, "••••"), Judge("mild", rules));
        Assert.Equal(new Verdict(null, "fine"), Judge("fine", rules));
        Assert.True(Judge("", rules).IsPass);
    }

    [Fact]
    public void Judge_ManyWords_NamesTheRuleThatFoundIt()
    {
        var rules = Enumerable.Range(0, FilterRuleSet.MaxRules)
            .Select(i => Rule(i % 3 == 0 ? $"word{i}*" : $"word{i}x", FilterAction.Block, $"rule {i}")).ToArray();

        Assert.Equal("rule 400", Judge("so word400x it is", rules).Explanation);
        Assert.Equal("rule 402", Judge("so word402ing it is", rules).Explanation);
        Assert.True(Judge("so word400 it is", rules).IsPass);
    }

    [Fact]
    public void Judge_TheLongestWordsOfWildcards_FindsThem()
    {
        var word = string.Concat(Enumerable.Repeat("a*", FilterPattern.MaxWildcards));

        Assert.Equal(FilterAction.Mask, Judge(new string('a', 300), Mask(word), Mask("b" + word[1..])).Action);
        Assert.Contains("at most", FilterPattern.Read(new FilterRule { Pattern = word + "a*" }).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(a|a)+$")]
    [InlineData("([a-z]+)*\\d")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(x+x+)+y")]
    [InlineData("(.*a){12}$")]
    [InlineData("(?:a?){100}a{100}z")]
    public void Judge_ACatastrophicPattern_AnswersForTheLongestMessage(string pattern)
    {
        // An engine that backtracks would not be done with these before the sun goes out. This one has no such code in it.
        var (read, _) = FilterPattern.Read(Pattern(pattern, FilterAction.Block));
        Assert.True(read!.Regex.Options.HasFlag(RegexOptions.NonBacktracking));
        Assert.NotEqual(Regex.InfiniteMatchTimeout, read.Regex.MatchTimeout);

        var verdict = Judge(new string('a', 9_999) + "!", Pattern(pattern, FilterAction.Block));

        Assert.NotEqual("The word filter did not finish in time.", verdict.Found);
    }

    [Theory]
    [InlineData("(?=a)b", "in one pass")]
    [InlineData("(?<!a)b", "in one pass")]
    [InlineData(@"(a)\1", "in one pass")]
    [InlineData("(?>a+)b", "in one pass")]
    [InlineData("(?(a)b|c)", "in one pass")]
    [InlineData("(a{1000}){1000}", "too large")]
    [InlineData("((a{0,99}){0,99}){0,99}b", "too large")]
    [InlineData("(", "a ( is not closed")]
    [InlineData("a)", "a ) closes nothing")]
    [InlineData("[a", "a [ is not closed")]
    [InlineData("[z-a]", "runs backwards")]
    [InlineData("a{5,2}", "runs backwards")]
    [InlineData("*a", "nothing for *")]
    [InlineData("a**", "two of *")]
    [InlineData("a\\", "stands alone")]
    [InlineData(@"\p{Nonsense}", "no such class")]
    [InlineData(@"\2", "refers back")]
    [InlineData("a*", "the empty text")]
    [InlineData("(bad)?", "the empty text")]
    [InlineData("^", "the empty text")]
    [InlineData(@"\b", "the empty text")]
    [InlineData("|a", "the empty text")]
    [InlineData("", "needed")]
    public void Read_APatternThatCannotBe_SaysWhyInWords(string pattern, string words)
    {
        var (read, problem) = FilterPattern.Read(Pattern(pattern, FilterAction.Block));

        Assert.Null(read);
        Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("*")]
    [InlineData("* **")]
    [InlineData("\u200B")]
    public void Read_AWordOfNothing_IsRefused(string word) => Assert.NotNull(FilterPattern.Read(Mask(word)).Problem);

    [Fact]
    public void Read_TooLong_IsRefused() => Assert.Contains(
        "at most", FilterPattern.Read(Mask(new string('a', FilterRule.MaxPatternLength + 1))).Problem, StringComparison.Ordinal);

    [Fact]
    public void Of_ARuleThatCannotBeRead_LeavesTheOthersInForce()
    {
        // As an older version, or somebody with a database tool, may have left it.
        var rules = FilterRuleSet.Of([Pattern("(", FilterAction.Block), Mask("bad")], out var unread);

        Assert.Equal("(", Assert.Single(unread).Rule.Pattern);
        Assert.Equal("•••", rules.Judge("bad").Text);
    }

    [Theory]
    [InlineData("\ud800 bad \udc00")]
    [InlineData("bad\0")]
    public void Judge_BrokenText_IsJudged(string text) => Assert.Equal(FilterAction.Mask, Judge(text, Mask("bad")).Action);

    private static Verdict Judge(string text, params FilterRule[] rules) => FilterRuleSet.Of(rules, out _).Judge(text);

    private static FilterRule Mask(string word) => Rule(word, FilterAction.Mask);

    private static FilterRule Rule(string word, FilterAction action, string explanation = "") => new() { Pattern = word, Action = action, Explanation = explanation };

    private static FilterRule Pattern(string pattern, FilterAction action) => new() { Pattern = pattern, IsRegex = true, Action = action };
}
