using BlazorChat.Components.Shared;
using Microsoft.JSInterop;
using MudBlazor;

namespace BlazorChat.Components.Messages;

/// <summary>Reporting a message to the moderators.</summary>
public abstract partial class MessageListBase
{
    /// <summary>Reports somebody else's message, after asking what for.</summary>
    [JSInvokable]
    public async Task Report(long messageId)
    {
        if (await Dialogs.ShowAsync<ReportDialog>("Report message", new DialogParameters<ReportDialog> { { d => d.MessageId, messageId } }) is not null)
        {
            Notices.Show("Thank you. The moderators will look at it.");
        }
    }
}
