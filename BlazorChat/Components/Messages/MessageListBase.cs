using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The conversation: a window on the room's log that follows it live, heals gaps from the database, and loads both ways.
/// One instance shows one room; another room is another instance.
/// </summary>
public abstract partial class MessageListBase : ChatComponent
{
    private DotNetObjectReference<MessageListBase>? _self;
    private JsModule? _script;

    /// <summary>The room.</summary>
    [Parameter, EditorRequired]
    public RoomView Room { get; set; } = default!;

    /// <summary>The message to open at; null opens at the first unread.</summary>
    [Parameter]
    public long? TargetId { get; set; }

    /// <summary>The messages of the room that are pinned.</summary>
    [Parameter]
    public IReadOnlyList<long> PinnedIds { get; set; } = [];

    /// <summary>Those whose messages collapse for the reader.</summary>
    protected IReadOnlySet<long> BlockedIds { get; private set; } = new HashSet<long>();

    /// <summary>The messages in the page.</summary>
    internal MessageWindow Window { get; } = new();

    /// <summary>Whether the first page is here.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>Where the "New" divider stands: it keeps its place while the room is open.</summary>
    protected long FirstUnreadSeq { get; private set; }

    /// <summary>The scrolling element.</summary>
    protected ElementReference Element { get; set; }

    /// <summary>The community's settings.</summary>
    [Inject]
    protected CommunityService Community { get; set; } = default!;

    [Inject]
    private MessageQueries Messages { get; set; } = default!;

    [Inject]
    private MessageService Service { get; set; } = default!;

    [Inject]
    private ReadPointers Pointers { get; set; } = default!;

    [Inject]
    private RoomWatch Watch { get; set; } = default!;

    [Inject]
    private Dialogs Dialogs { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(async () =>
    {
        BlockedIds = await Blocks.IdsAsync(Actor);
        FirstUnreadSeq = Room.LastReadSeq < Room.LastSeq ? Room.LastReadSeq + 1 : 0;
        var page = TargetId is { } target
            ? await Messages.AroundAsync(Actor, Room.Id, await Messages.SeqOfAsync(Actor, Room.Id, target))
            : Room.LastSeq - Room.LastReadSeq > MessageQueries.PageSize / 2
                ? await Messages.AroundAsync(Actor, Room.Id, FirstUnreadSeq)
                : await Messages.NewestAsync(Actor, Room.Id);
        Window.Reset(page);
        IsLoaded = true;
    });

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        var live = Subscribe(OnEventsAsync);
        if (!await TryAsync(() => Watch.FollowAsync(live, Topic.Room(Room.Id))))
        {
            return;
        }

        // What was said between the first page and the subscription.
        await InvokeAsync(HealAsync);
        if (IsDisposed)
        {
            return;
        }

        _self = DotNetObjectReference.Create<MessageListBase>(this);
        _script = new JsModule(Js, "./Components/Messages/MessageList.razor.js");
        await _script.AttachAsync(Element, _self, new { roomId = Room.Id, me = Actor.UserId, targetId = TargetId });
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_isReading)
        {
            Circuit.SetReading(null);
        }

        if (_script is not null)
        {
            await _script.DisposeAsync();
        }

        _self?.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task OnEventsAsync(EventBatch batch)
    {
        if (batch.Missed)
        {
            return InvokeAsync(ReloadAsync);
        }

        foreach (var e in batch.Events)
        {
            if (e is MessagePosted or MessageEdited or MessageDeleted or MessagesExpired or PersonChanged or BlocksChanged or CommunityChanged)
            {
                return InvokeAsync(() => ApplyAsync(batch.Events));
            }
        }

        return Task.CompletedTask;
    }

    private async Task ApplyAsync(List<ChatEvent> events)
    {
        List<MessageView>? posted = null;
        foreach (var e in events)
        {
            switch (e)
            {
                case MessagePosted { Message: var message } when message.RoomId == Room.Id:
                    (posted ??= []).Add(message);
                    break;
                case MessageEdited { Message: var message }:
                    Change(message, posted);
                    break;
                case MessageDeleted { Message: var message }:
                    Change(message, posted);
                    break;
                case PersonChanged { Person: var person }:
                    Window.Replace(person);
                    break;
                case MessagesExpired expired when Window.Expire(expired.ThroughSeq, expired.MessageIds.ToHashSet()):
                    StateHasChanged();
                    break;
                case BlocksChanged:
                    BlockedIds = await Blocks.IdsAsync(Actor);
                    StateHasChanged();
                    break;
                case CommunityChanged:
                    StateHasChanged();
                    break;
            }
        }

        if (posted is not null)
        {
            posted.ForEach(m => Circuit.NoteMessage(m.Sender.Id));
            await AppendAsync(posted);
        }
    }

    /// <summary>A message may change in the same batch that brought it.</summary>
    private void Change(MessageView changed, List<MessageView>? posted)
    {
        var index = posted?.FindIndex(m => m.Id == changed.Id) ?? -1;
        if (index >= 0)
        {
            posted![index] = changed;
        }

        Window.Replace(changed);
    }

    private async Task AppendAsync(List<MessageView> posted)
    {
        if (!IsLoaded || Window.HasNewer)
        {
            return;
        }

        if (posted[0].Seq > Window.LastSeq + 1)
        {
            await HealAsync();
        }
        else if (Window.Append(posted, hasNewer: false))
        {
            StateHasChanged();
        }

        await ReadIfReadingAsync();
    }

    /// <summary>Fills what is missing after the window; where that is more than it holds, it moves to the newest.</summary>
    private async Task HealAsync()
    {
        if (!IsLoaded || Window.HasNewer)
        {
            return;
        }

        var missing = await Messages.AfterAsync(Actor, Room.Id, Window.LastSeq, MessageQueries.MaxPageSize);
        if (missing.HasNewer)
        {
            Window.Reset(await Messages.NewestAsync(Actor, Room.Id));
            StateHasChanged();
        }
        else if (Window.Append(missing.Messages, hasNewer: false))
        {
            StateHasChanged();
        }
    }

    /// <summary>Reads again what the window shows, and what has come since: after too many events to follow.</summary>
    private Task ReloadAsync() => TryAsync(async () =>
    {
        if (!IsLoaded)
        {
            return;
        }

        if (!Window.IsEmpty)
        {
            foreach (var message in await Messages.RangeAsync(Actor, Room.Id, Window.FirstSeq, Window.LastSeq))
            {
                Window.Replace(message);
            }
        }

        await HealAsync();
        StateHasChanged();
        await ReadIfReadingAsync();
    });
}
