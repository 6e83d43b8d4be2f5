namespace BlazorChat.Components.Shared;

/// <summary>Short notices to the person in the tab, shown one at a time by <see cref="NoticeLine"/>.</summary>
public sealed class Notices
{
    /// <summary>The notice to show; null for none.</summary>
    public string? Current { get; private set; }

    /// <summary>What the notice offers to do, as its button says; null for nothing.</summary>
    public string? Offered { get; private set; }

    private Func<Task>? _offer;

    /// <summary>The notice changed.</summary>
    public event Action? Changed;

    /// <summary>Shows a notice in place of the one before.</summary>
    public void Show(string text) => Set(text);

    /// <summary>Shows a notice that offers to do something, such as to undo what was just done.</summary>
    public void Offer(string text, string offered, Func<Task> offer) => Set(text, offered, offer);

    /// <summary>Takes the notice away.</summary>
    public void Dismiss() => Set(null);

    /// <summary>Does what the notice offers, and takes it away.</summary>
    public Task TakeAsync()
    {
        var offer = _offer;
        Dismiss();
        return offer?.Invoke() ?? Task.CompletedTask;
    }

    private void Set(string? text, string? offered = null, Func<Task>? offer = null)
    {
        (Current, Offered, _offer) = (text, offered, offer);
        Changed?.Invoke();
    }
}
