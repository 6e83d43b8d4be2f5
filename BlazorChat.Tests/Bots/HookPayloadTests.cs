using BlazorChat.Accounts;
using BlazorChat.Bots;
using BlazorChat.Messages;

namespace BlazorChat.Tests.Bots;

public sealed class HookPayloadTests
{
    [Theory]
    [InlineData("""{"text": "Hello"}""", "Hello")]
    [InlineData("""{"text": "Hello", "channel": "#x", "blocks": [], "mrkdwn": true, "unfurl_links": false}""", "Hello")]
    [InlineData("""{"attachments": [{"fallback": "one"}, {"text": "two", "fallback": "2"}, 3, {}]}""", "one\ntwo")]
    [InlineData("""{"text": "", "attachments": [{"text": "instead"}]}""", "instead")]
    [InlineData("""{"text": "a &lt;b&gt; &amp;amp; c"}""", "a <b> &amp; c")]
    [InlineData("""{"text": "see <https://example.com/a?b=1&amp;c=2|the [site]>"}""", "see [the \\[site\\]](https://example.com/a?b=1&c=2)")]
    [InlineData("""{"text": "<https://example.com/x_(y)|y>"}""", "[y](https://example.com/x_%28y%29)")]
    [InlineData("""{"text": "see <https://example.com>"}""", "see https://example.com")]
    [InlineData("""{"text": "<mailto:a@example.com|write> <mailto:a@example.com>"}""", "[write](mailto:a@example.com) a@example.com")]
    [InlineData("""{"text": "<!here> <!channel> <!date^1392734382^{date}|yesterday> <@U1> <@U1|bob> <#C1|general>"}""", "@here @channel yesterday @U1 @bob #general")]
    [InlineData("""{"text": "<!subteam^S1|@crew>"}""", "@crew")]
    [InlineData("""{"text": ":rocket: deployed :no-such-one: at 10:30:45 :+1:"}""", "🚀 deployed :no-such-one: at 10:30:45 👍")]
    [InlineData("""{"text": "`:rocket: <https://x|y>` and ```\n:bug:\n```"}""", "`:rocket: <https://x|y>` and ```\n:bug:\n```")]
    [InlineData("""{"text": "<javascript:alert(1)|click> <b>"}""", "<javascript:alert(1)|click> <b>")]
    public void Parse_SlacksShape_BecomesMarkdown(string json, string text) => Assert.Equal(text, HookPayload.Parse(json).Text);

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"text": 5}""")]
    [InlineData("""{"text": " "}""")]
    [InlineData("""{"text": "\ud800"}""")]
    [InlineData("""{"attachments": {"text": "no array"}}""")]
    [InlineData("""{"text": "Hello" """)]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}""")]
    public void Parse_WithoutAText_IsRefused(string json) =>
        Assert.Equal(Refusal.Invalid, Assert.Throws<RefusedException>(() => HookPayload.Parse(json)).Refusal);

    [Theory]
    [InlineData("Deploy Bot", ":rocket:", "Deploy Bot", "🚀")]
    [InlineData("GitHub (CI) <b>", "🚀", "GitHub CI b", "🚀")]
    [InlineData(null, ":robot_face:", null, "🤖")]
    [InlineData("Build", ":no-such-one:", "Build", null)]
    [InlineData("Build", "more than one", "Build", null)]
    [InlineData("A very long name that goes on and on and on, and then on", null, "A very long name that goes on and on and", null)]
    [InlineData("<>", "", null, null)]
    public void Alias_WhatBreaksARule_IsLeftOut(string? username, string? emoji, string? name, string? symbol)
    {
        var alias = HookPayload.AliasOf(username, emoji);
        Assert.Equal((name, symbol), (alias?.Name, alias?.Emoji));
    }

    [Fact]
    public void Shortcodes_AllOfThem_AreIconsByTheRules()
    {
        string[] names = ["+1", "rocket", "warning", "x", "white_check_mark", "heart", "100", "information_source", "bangbang", "arrow_up", "tada"];
        Assert.All(names, name => Assert.NotNull(HookPayload.AliasOf(null, $":{name}:")?.Emoji));
        Assert.Null(MessageAlias.Parse(null, null));
    }
}
