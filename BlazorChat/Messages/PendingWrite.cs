using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;

namespace BlazorChat.Messages;

/// <summary>A write that waits for the next group commit; its task completes once it is on disk, or is refused.</summary>
internal abstract class PendingWrite
{
    // Continuations go to the thread pool: the writer's thread is for writing.
    private readonly TaskCompletionSource<MessageView> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract Actor Actor { get; }

    public Task<MessageView> Done => _done.Task;

    /// <summary>Set while the group is being written; given out after its commit.</summary>
    public MessageView? Result { get; set; }

    /// <summary>Set while the group is being written, when this write is refused; the others of the group go on.</summary>
    public RefusedException? Refusal { get; set; }

    public void Complete()
    {
        if (Refusal is not null)
        {
            _done.TrySetException(Refusal);
        }
        else
        {
            _done.TrySetResult(Result!);
        }
    }

    public void Fail(Exception exception) => _done.TrySetException(exception);

    /// <summary>Forgets what a rolled back attempt decided.</summary>
    public virtual void Reset()
    {
        Result = null;
        Refusal = null;
    }
}

/// <summary>A message to store.</summary>
internal sealed class PendingPost(Actor actor, PersonView sender, Message message, IReadOnlyList<long> mentions) : PendingWrite
{
    public override Actor Actor { get; } = actor;

    public PersonView Sender { get; } = sender;

    public Message Message { get; } = message;

    public IReadOnlyList<long> Mentions { get; } = mentions;

    /// <summary>What the sender's session may be used for: a moderator's token that is not for administration posts as a member's.</summary>
    public Scope Scopes { get; init; }

    /// <summary>What the word filter found, where a moderator has to look at it first; <see langword="null"/> for a message that goes out.</summary>
    public string? Held { get; init; }

    /// <summary>What the sender of a held message is told.</summary>
    public string HeldWords { get; init; } = "";

    /// <summary>
    /// Stores in the same transaction that a moderator lets it through, who refuses by throwing before anything is changed;
    /// <see langword="null"/> for a message that its sender posts.
    /// </summary>
    public Func<ChatDbContext, Task>? LetThrough { get; init; }

    /// <summary>Whether a moderator lets it through: past the word filter, and past all that only holds back for a while.</summary>
    public bool IsLetThrough => LetThrough is not null;

    /// <summary>Whether the result was stored before, by an earlier send of the same client id.</summary>
    public bool IsResend { get; set; }

    public override void Reset()
    {
        base.Reset();
        IsResend = false;
    }
}

/// <summary>Something that changes stored messages. What became of them is told after the commit.</summary>
internal abstract class PendingAlteration(Actor actor) : PendingWrite
{
    public override Actor Actor { get; } = actor;

    /// <summary>The messages that changed, as they are now.</summary>
    public List<MessageView> Changed { get; } = [];

    /// <summary>Rooms of which fewer messages are pinned now.</summary>
    public List<PinsChanged> Unpinned { get; } = [];

    public override void Reset()
    {
        base.Reset();
        Changed.Clear();
        Unpinned.Clear();
    }
}

/// <summary>A stored message to edit.</summary>
internal sealed class PendingChange(Actor actor, long messageId, Scope scopes, RenderedText rendered) : PendingAlteration(actor)
{
    public long MessageId { get; } = messageId;

    public Scope Scopes { get; } = scopes;

    public RenderedText Rendered { get; } = rendered;
}
