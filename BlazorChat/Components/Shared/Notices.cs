namespace BlazorChat.Components.Shared;

/// <summary>Short notices to the person in the tab, shown one at a time by <see cref="NoticeLine"/>.</summary>
public sealed class Notices
{
    /// <summary>The notice to show; null for none.</summary>
    public string? Current { get; private set; }

    /// <summary>The notice changed.</summary>
    public event Action? Changed;

    /// <summary>Shows a notice in place of the one before.</summary>
    public void Show(string text) => Set(text);

    /// <summary>Takes the notice away.</summary>
    public void Dismiss() => Set(null);

    private void Set(string? text)
    {
        Current = text;
        Changed?.Invoke();
    }
}
