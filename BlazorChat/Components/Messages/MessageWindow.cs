using BlazorChat.Accounts;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The run of a room's messages that is in the page: without gaps, bounded, in blocks. It is grown at either end and then
/// trimmed at the other.
/// </summary>
public sealed class MessageWindow
{
    /// <summary>Most messages in the page.</summary>
    public const int MaxMessages = 300;

    /// <summary>Within this time messages of one sender stand together.</summary>
    public static readonly TimeSpan GroupingTime = TimeSpan.FromMinutes(5);

    /// <summary>The blocks, oldest first; none is empty.</summary>
    public List<MessageBlock> Blocks { get; } = [];

    /// <summary>Whether the room has messages before the window.</summary>
    public bool HasOlder { get; private set; }

    /// <summary>Whether the room has messages after it.</summary>
    public bool HasNewer { get; private set; }

    /// <summary>The oldest message's number; 0 when empty.</summary>
    public long FirstSeq => Blocks.Count > 0 ? Blocks[0].Rows[0].Message.Seq : 0;

    /// <summary>The newest message's number; 0 when empty.</summary>
    public long LastSeq => Blocks.Count > 0 ? Blocks[^1].Rows[^1].Message.Seq : 0;

    /// <summary>Whether there is nothing to show.</summary>
    public bool IsEmpty => Blocks.Count == 0;

    private int Count => Blocks.Sum(b => b.Rows.Count);

    /// <summary>Begins anew with a page.</summary>
    public void Reset(MessagePage page)
    {
        Blocks.Clear();
        HasOlder = page.HasOlder;
        HasNewer = page.HasNewer;
        if (page.Messages.Count > 0)
        {
            // The newest few are a block of their own from the start, so that the first live message finds a small one.
            var tail = Math.Min(page.Messages.Count, MessageBlock.TailSize * 2 / 3);
            Add(page.Messages.Take(page.Messages.Count - tail));
            Add(page.Messages.TakeLast(tail));
        }
    }

    /// <summary>Puts older messages before the window.</summary>
    public void Prepend(MessagePage page)
    {
        HasOlder = page.HasOlder;
        if (page.Messages.Count == 0)
        {
            return;
        }

        var before = Cut(page.Messages, previous: null);
        if (Blocks.Count > 0)
        {
            var (first, _) = Blocks[0].Rows[0];
            Blocks[0].Rows[0] = (first, Continues(page.Messages[^1], first));
            Blocks[0].View?.Refresh();
        }

        Blocks.InsertRange(0, before);
        while (Count > MaxMessages && Blocks.Count > 1)
        {
            Blocks.RemoveAt(Blocks.Count - 1);
            HasNewer = true;
        }
    }

    /// <summary>
    /// Puts newer messages after the window, into the newest block while it is small.
    /// </summary>
    /// <returns>Whether blocks came or went, so that the list itself has to render; otherwise the newest block did.</returns>
    public bool Append(IReadOnlyList<MessageView> messages, bool hasNewer)
    {
        HasNewer = hasNewer;
        var fresh = messages.Where(m => m.Seq > LastSeq).ToList();
        if (fresh.Count == 0)
        {
            return false;
        }

        if (Blocks.Count > 0 && Blocks[^1].Rows.Count + fresh.Count <= MessageBlock.TailSize)
        {
            AddTo(Blocks[^1], fresh, Blocks[^1].Rows[^1].Message);
            Blocks[^1].View?.Refresh();
            return false;
        }

        Add(fresh);
        while (Count > MaxMessages && Blocks.Count > 1)
        {
            Blocks.RemoveAt(0);
            HasOlder = true;
        }

        return true;
    }

    /// <summary>Shows a changed message, and the replies that quote it, where they are in the window.</summary>
    public void Replace(MessageView changed) =>
        Replace(message => message.Id == changed.Id ? changed : MessageViews.Requote(message, changed));

    /// <summary>Shows a person's messages under their new name and avatar.</summary>
    public void Replace(PersonView person) =>
        Replace(message => message.Sender.Id == person.Id ? message with { Sender = person } : message);

    /// <summary>Takes out messages that are not kept any more, and what replies quote of them.</summary>
    /// <returns>Whether blocks went or the window begins otherwise now, so that the list itself has to render.</returns>
    public bool Expire(long throughSeq, IReadOnlySet<long> messageIds)
    {
        var (count, wasOlder) = (Blocks.Count, HasOlder);
        var went = false;
        foreach (var block in Blocks)
        {
            if (block.Rows.RemoveAll(r => r.Message.Seq <= throughSeq) > 0)
            {
                went = true;
                block.View?.Refresh();
            }
        }

        Blocks.RemoveAll(block => block.Rows.Count == 0);
        if (went && Blocks.Count > 0)
        {
            Blocks[0].Rows[0] = (Blocks[0].Rows[0].Message, false);
            Blocks[0].View?.Refresh();
        }

        HasOlder &= !went && FirstSeq != throughSeq + 1;
        Replace(message => message.ReplyTo is { } quote && messageIds.Contains(quote.Id) ? message with { ReplyTo = QuoteView.Gone(quote.Id) } : message);
        return Blocks.Count != count || HasOlder != wasOlder;
    }

    private void Replace(Func<MessageView, MessageView> change)
    {
        foreach (var block in Blocks)
        {
            var touched = false;
            for (var i = 0; i < block.Rows.Count; i++)
            {
                var (message, continues) = block.Rows[i];
                var now = change(message);
                if (!ReferenceEquals(now, message))
                {
                    block.Rows[i] = (now, continues);
                    touched = true;
                }
            }

            if (touched)
            {
                block.View?.Refresh();
            }
        }
    }

    private void Add(IEnumerable<MessageView> messages) =>
        Blocks.AddRange(Cut(messages, Blocks.Count > 0 ? Blocks[^1].Rows[^1].Message : null));

    private static List<MessageBlock> Cut(IEnumerable<MessageView> messages, MessageView? previous)
    {
        List<MessageBlock> blocks = [];
        foreach (var part in messages.Chunk(MessageBlock.Size))
        {
            var block = new MessageBlock();
            AddTo(block, part, previous);
            blocks.Add(block);
            previous = part[^1];
        }

        return blocks;
    }

    private static void AddTo(MessageBlock block, IEnumerable<MessageView> messages, MessageView? previous)
    {
        foreach (var message in messages)
        {
            block.Rows.Add((message, Continues(previous, message)));
            previous = message;
        }
    }

    private static bool Continues(MessageView? previous, MessageView message) =>
        previous is not null
        && previous.Sender.Id == message.Sender.Id
        && previous.Alias == message.Alias
        && message.ReplyTo is null
        && message.SentAt - previous.SentAt < GroupingTime;
}
