using BlazorChat.Accounts;
using BlazorChat.Components.Messages;
using BlazorChat.Messages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Tests.Components;

public sealed class MessageWindowTests : IAsyncLifetime
{
    private static readonly PersonView Ann = new(1, "Ann", null, Role.Member);
    private static readonly PersonView Bob = new(2, "Bob", null, Role.Member);
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly BunitContext _context = new();
    private readonly MessageWindow _window = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Fact]
    public async Task Append_SmallTail_RendersNothingButTheTail()
    {
        _window.Reset(Page(1, 50));
        var list = Render();
        var blocks = list.FindComponents<MessageBlockView>();
        var before = blocks.Select(b => b.RenderCount).ToArray();

        var structureChanged = false;
        await list.InvokeAsync(() => structureChanged = _window.Append([Message(51)], hasNewer: false));

        Assert.False(structureChanged);
        Assert.Equal([before[0], before[1] + 1], blocks.Select(b => b.RenderCount));
        Assert.Equal(51, list.FindAll("article").Count);
        Assert.Equal("51", list.FindAll("article")[^1].GetAttribute("data-seq"));
    }

    [Fact]
    public void Append_ThousandMessages_StaysBoundedWithoutGapAndKnowsThatThereAreOlder()
    {
        _window.Reset(Page(1, 50));
        for (var seq = 51; seq <= 1_000; seq++)
        {
            _window.Append([Message(seq), Message(seq - 1)], hasNewer: false);
        }

        var seqs = Seqs();
        Assert.InRange(seqs.Length, MessageWindow.MaxMessages - 50, MessageWindow.MaxMessages);
        Assert.Equal(Enumerable.Range((int)_window.FirstSeq, seqs.Length).Select(i => (long)i), seqs);
        Assert.Equal((1_000, true, false), (_window.LastSeq, _window.HasOlder, _window.HasNewer));
        Assert.All(_window.Blocks.Skip(1), block => Assert.InRange(block.Rows.Count, 1, MessageBlock.TailSize));
    }

    [Fact]
    public void Prepend_UntilTheBeginning_TrimsTheFarEndAndKnowsThatThereAreNewer()
    {
        _window.Reset(Page(951, 1_000));
        for (var first = 901; first >= 1; first -= 50)
        {
            _window.Prepend(Page(first, first + 49));
        }

        Assert.Equal((1, false, true), (_window.FirstSeq, _window.HasOlder, _window.HasNewer));
        Assert.InRange(Seqs().Length, MessageWindow.MaxMessages - 50, MessageWindow.MaxMessages);
        Assert.Equal(Enumerable.Range(1, Seqs().Length).Select(i => (long)i), Seqs());
    }

    [Fact]
    public void Rows_OfOneSender_GroupUnlessLateOrAReply()
    {
        _window.Reset(new MessagePage(
            [
                Message(1, Ann), Message(2, Ann), Message(3, Bob), Message(4, Bob, Noon.AddMinutes(5)),
                Message(5, Bob, Noon.AddMinutes(6)), Message(6, Bob, Noon.AddMinutes(6)) with { ReplyTo = new QuoteView(1, "Ann", "1") },
            ], false, false));
        Assert.Equal([false, true, false, false, true, false], _window.Blocks.SelectMany(b => b.Rows).Select(r => r.Continues));
    }

    [Fact]
    public void Prepend_SameSender_JoinsTheFirstRowToTheGroup()
    {
        _window.Reset(Page(51, 52));
        Assert.False(_window.Blocks[0].Rows[0].Continues);
        _window.Prepend(Page(1, 50));
        Assert.True(_window.Blocks[1].Rows[0].Continues);
    }

    [Fact]
    public async Task Replace_DeletedMessage_ShowsItAndRedactsTheQuotesInOtherBlocks()
    {
        var reply = Message(51) with { ReplyTo = new QuoteView(3, "Ann", "secret") };
        _window.Reset(Page(1, 50));
        _window.Append([reply], hasNewer: false);
        var list = Render();
        Assert.Contains("secret", list.Markup, StringComparison.Ordinal);
        var middle = list.FindComponents<MessageBlockView>();
        var before = middle.Select(b => b.RenderCount).ToArray();

        await list.InvokeAsync(() => _window.Replace(Message(3) with { Text = "", Html = "", DeletedAt = Noon }));

        Assert.DoesNotContain("secret", list.Markup, StringComparison.Ordinal);
        Assert.NotNull(list.Find("article[data-seq='3'][data-deleted]"));
        Assert.Equal([before[0] + 1, before[1] + 1], middle.Select(b => b.RenderCount));
        await list.InvokeAsync(() => _window.Replace(Message(4_711)));
        Assert.Equal([before[0] + 1, before[1] + 1], middle.Select(b => b.RenderCount));
    }

    [Fact]
    public async Task Replace_PersonRenamed_ShowsTheNewNameOnTheirMessages()
    {
        _window.Reset(new MessagePage([Message(1, Ann), Message(2, Bob)], false, false));
        var list = Render();
        await list.InvokeAsync(() => _window.Replace(Bob with { Name = "Robert <3" }));
        Assert.Equal(["Ann", "Robert <3"], list.FindAll(".author").Select(a => a.TextContent));
    }

    [Fact]
    public void Divider_Moves_StandsOnceAboveTheFirstUnread()
    {
        _window.Reset(Page(1, 50));
        var list = Render(firstUnread: 20);
        Assert.Equal("20", Assert.Single(list.FindAll("[data-testid=unread-divider]")).ParentElement!.NextElementSibling!.QuerySelector("article")!.GetAttribute("data-seq"));
        var before = list.FindComponents<MessageBlockView>().Select(b => b.RenderCount).ToArray();

        list.Render(p => p.Add(l => l.FirstUnreadSeq, 48));

        Assert.Equal("48", Assert.Single(list.FindAll("[data-testid=unread-divider]")).ParentElement!.NextElementSibling!.QuerySelector("article")!.GetAttribute("data-seq"));
        list.Render(p => p.Add(l => l.FirstUnreadSeq, 0));
        Assert.Empty(list.FindAll("[data-testid=unread-divider]"));
        Assert.Equal([before[0] + 1, before[1] + 2], list.FindComponents<MessageBlockView>().Select(b => b.RenderCount));
    }

    private long[] Seqs() => [.. _window.Blocks.SelectMany(b => b.Rows).Select(r => r.Message.Seq)];

    private IRenderedComponent<Blocks> Render(long firstUnread = 0) =>
        _context.Render<Blocks>(p => p.Add(b => b.Window, _window).Add(b => b.FirstUnreadSeq, firstUnread));

    private static MessagePage Page(int first, int last) =>
        new([.. Enumerable.Range(first, last - first + 1).Select(seq => Message(seq))], HasOlder: first > 1, HasNewer: false);

    private static MessageView Message(long seq, PersonView? sender = null, DateTimeOffset? at = null) =>
        new(seq, 1, seq, sender ?? Ann, $"{seq}", $"<p>{seq}</p>", null, null, at ?? Noon, null, null);

    /// <summary>The blocks as the list renders them.</summary>
    private sealed class Blocks : ComponentBase
    {
        [Parameter]
        public MessageWindow Window { get; set; } = default!;

        [Parameter]
        public long FirstUnreadSeq { get; set; }

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder)
        {
            foreach (var block in Window.Blocks)
            {
                builder.OpenComponent<MessageBlockView>(0);
                builder.SetKey(block);
                builder.AddComponentParameter(1, nameof(MessageBlockView.Block), block);
                builder.AddComponentParameter(2, nameof(MessageBlockView.FirstUnreadSeq), FirstUnreadSeq);
                builder.CloseComponent();
            }
        }
    }
}
