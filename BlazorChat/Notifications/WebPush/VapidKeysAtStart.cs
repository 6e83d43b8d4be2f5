namespace BlazorChat.Notifications.WebPush;

/// <summary>Has the keys ready, or says what is wrong with them, before the first browser asks.</summary>
internal sealed class VapidKeysAtStart(VapidKeys keys) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = keys.PublicKey;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
