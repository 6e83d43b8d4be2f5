using BlazorChat.Accounts;
using BlazorChat.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorChat.Components.Messages;

/// <summary>
/// Where a message is written. The browser owns what is being typed and what is on its way (the script beside this
/// file); this component gives it a place in the page and a way to the server.
/// </summary>
public sealed partial class Composer : ComponentBase, IAsyncDisposable
{
    private ElementReference _root;
    private DotNetObjectReference<Composer>? _self;
    private JsModule? _script;
    private object? _rendered;

    /// <summary>Loads the script.</summary>
    [Inject]
    public required IJSRuntime JS { get; set; }

    /// <summary>Hears of faults, not of refusals.</summary>
    [Inject]
    public required ILogger<Composer> Logger { get; set; }

    /// <summary>Tells of what waits for a moderator.</summary>
    [Inject]
    public required Notices Notices { get; set; }

    /// <summary>Where new messages go.</summary>
    [Parameter, EditorRequired]
    public long RoomId { get; set; }

    /// <summary>How the room is called to this user.</summary>
    [Parameter, EditorRequired]
    public required string RoomName { get; set; }

    /// <summary>Who writes; what they typed and sent earlier in this browser is theirs only.</summary>
    [Parameter, EditorRequired]
    public long UserId { get; set; }

    /// <summary>Whether the room takes messages from this user.</summary>
    [Parameter]
    public bool CanPost { get; set; } = true;

    /// <summary>Why it does not; before <see cref="MutedUntil"/> where that is set.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>Until when this user is muted.</summary>
    [Parameter]
    public DateTimeOffset? MutedUntil { get; set; }

    /// <summary>The words of whoever muted them.</summary>
    [Parameter]
    public string? Why { get; set; }

    /// <summary>How many seconds people wait from one message to their next; 0 for none.</summary>
    [Parameter]
    public int SlowSeconds { get; set; }

    /// <summary>Whether this user waits too.</summary>
    [Parameter]
    public bool IsSlowed { get; set; }

    /// <summary>How long they have to wait from now on; the script counts down, and begins anew with each message.</summary>
    [Parameter]
    public TimeSpan SlowLeft { get; set; }

    /// <summary>What the composer asks of the page.</summary>
    [Parameter, EditorRequired]
    public required IComposerHost Host { get; set; }

    /// <summary>Sends what the outbox holds.</summary>
    [JSInvokable]
    public Task<ComposerResult> PostAsync(long roomId, string? text, string? clientMessageId, long? replyToId) =>
        Answer(() => Host.PostAsync(roomId, text ?? "", clientMessageId ?? "", replyToId));

    /// <summary>Saves an edited message.</summary>
    [JSInvokable]
    public Task<ComposerResult> EditAsync(long messageId, string? text) =>
        Answer(() => Host.EditAsync(messageId, text ?? ""));

    /// <summary>The source of a message to edit; <see langword="null"/> when there is none.</summary>
    [JSInvokable]
    public Task<string?> SourceOfAsync(long messageId) => OrNothing(() => Host.SourceOfAsync(messageId), null);

    /// <summary>Whom a mention may be completed to.</summary>
    [JSInvokable]
    public Task<IReadOnlyList<MentionChoice>> MentionsAsync(long roomId, string? prefix) =>
        OrNothing(() => Host.MentionsAsync(roomId, prefix ?? ""), []);

    /// <summary>The user is typing.</summary>
    [JSInvokable]
    public void Typing(long roomId) => Host.Typing(roomId);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
        {
            await _script.DisposeAsync();
        }

        _self?.Dispose();
    }

    /// <inheritdoc />
    protected override bool ShouldRender()
    {
        var current = (RoomId, RoomName, UserId, CanPost, Reason, MutedUntil, Why, (SlowSeconds, IsSlowed, SlowLeft));
        if (current.Equals(_rendered))
        {
            return false;
        }

        _rendered = current;
        return true;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // Once: the script sees by itself when the attributes of the root change.
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _script = new JsModule(JS, "./Components/Messages/Composer.razor.js");
            await _script.AttachAsync(_root, _self);
        }
    }

    private async Task<ComposerResult> Answer(Func<Task> request)
    {
        try
        {
            await request();
            return new("sent");
        }
        catch (RefusedException refused) when (refused.Refusal is Refusal.Unavailable or Refusal.TooMany or Refusal.SignedOut)
        {
            // Nothing is wrong with the message: it goes out by itself when there is room, or when they are signed in again.
            return new("retry", refused.Message, refused.RetryAfter?.TotalMilliseconds);
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.Held)
        {
            // By the page and not by the script: it is read in whatever room they look at by now.
            Notices.Show(refused.Message);
            return new("held", refused.Message);
        }
        catch (RefusedException refused)
        {
            return new(refused.Refusal == Refusal.Forbidden ? "silenced" : "refused", refused.Message);
        }
        catch (Exception exception)
        {
            LogFault(exception);
            return new("retry", "Something went wrong; trying again.");
        }
    }

    private async Task<T> OrNothing<T>(Func<Task<T>> request, T nothing)
    {
        try
        {
            return await request();
        }
        catch (RefusedException)
        {
            return nothing;
        }
        catch (Exception exception)
        {
            LogFault(exception);
            return nothing;
        }
    }

    private void LogFault(Exception exception) => Logger.LogError(exception, "A request of the composer failed.");
}
