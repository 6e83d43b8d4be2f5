namespace BlazorChat.Components.Shared;

/// <summary>Short notices to the person in the tab, shown one at a time by <see cref="NoticeLine"/>.</summary>
public sealed class Notices(TimeProvider time) : IDisposable
{
    /// <summary>How long something is offered: then the notice goes by itself, because it stands before what is talked about.</summary>
    public static readonly TimeSpan OfferTime = TimeSpan.FromSeconds(10);

    private Func<Task>? _offer;
    private ITimer? _until;

    /// <summary>The notice to show; null for none.</summary>
    public string? Current { get; private set; }

    /// <summary>What the notice offers to do, as its button says; null for nothing.</summary>
    public string? Offered { get; private set; }

    /// <summary>The notice changed.</summary>
    public event Action? Changed;

    /// <summary>Shows a notice in place of the one before.</summary>
    public void Show(string text) => Set(text);

    /// <summary>Shows a notice that offers to do something, such as to undo what was just done.</summary>
    public void Offer(string text, string offered, Func<Task> offer)
    {
        Set(text, offered, offer);
        _until = time.CreateTimer(_ => Withdraw(offer), null, OfferTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the notice away.</summary>
    public void Dismiss() => Set(null);

    /// <summary>Does what the notice offers, and takes it away.</summary>
    public Task TakeAsync()
    {
        var offer = _offer;
        Dismiss();
        return offer?.Invoke() ?? Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _until?.Dispose();

    private void Withdraw(Func<Task> offer)
    {
        // Another notice may have come meanwhile.
        if (ReferenceEquals(_offer, offer))
        {
            Dismiss();
        }
    }

    private void Set(string? text, string? offered = null, Func<Task>? offer = null)
    {
        _until?.Dispose();
        _until = null;
        (Current, Offered, _offer) = (text, offered, offer);
        Changed?.Invoke();
    }
}
