namespace BlazorChat.Notifications;

/// <summary>To tell one browser of one message. Of several for the same room only the newest is worth telling.</summary>
/// <param name="SubscriptionId">The browser.</param>
/// <param name="Host">Its push service.</param>
/// <param name="RoomId">The room.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Attempts">How often it was tried before.</param>
/// <param name="IsRetry">Whether it stands in the database already: no crash can lose it.</param>
internal sealed record PushJob(long SubscriptionId, string Host, long RoomId, long MessageId, int Attempts = 0, bool IsRetry = false)
{
    /// <summary>What is told in order, and replaced by something newer.</summary>
    public PushSlot Slot => new(SubscriptionId, RoomId);

    /// <summary>The push service that an address belongs to.</summary>
    public static string HostOf(string endpoint) => new Uri(endpoint).Authority;
}

/// <summary>A place on a device's screen that holds one notification: its room's.</summary>
internal readonly record struct PushSlot(long SubscriptionId, long RoomId);
