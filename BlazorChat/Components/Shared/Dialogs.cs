using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace BlazorChat.Components.Shared;

/// <summary>Opens dialogs, and has what MudBlazor needs for them rendered just for as long as one is open.</summary>
public sealed class Dialogs(IDialogService dialogs)
{
    private TaskCompletionSource? _rendered;

    /// <summary>Whether a dialog is open or about to be.</summary>
    public bool IsOpen { get; private set; }

    /// <summary><see cref="IsOpen"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Shows a dialog and waits for its result; null when it was cancelled.</summary>
    public async Task<object?> ShowAsync<TDialog>(string title, DialogParameters? parameters = null)
        where TDialog : IComponent
    {
        if (IsOpen)
        {
            return null;
        }

        _rendered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IsOpen = true;
        Changed?.Invoke();
        await _rendered.Task;
        try
        {
            var dialog = await dialogs.ShowAsync<TDialog>(title, parameters ?? [], new DialogOptions { CloseButton = true });
            var result = await dialog.Result;
            return result is { Canceled: false } ? result.Data ?? true : null;
        }
        finally
        {
            IsOpen = false;
            Changed?.Invoke();
        }
    }

    /// <summary>Asks once before something that cannot be undone.</summary>
    public async Task<bool> ConfirmAsync(string title, string text, string action) =>
        await ShowAsync<ConfirmDialog>(title, new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Text, text },
            { dialog => dialog.Action, action },
        }) is not null;

    internal void Rendered()
    {
        if (IsOpen)
        {
            _rendered?.TrySetResult();
        }
    }
}
