namespace BlazorChat.Moderation.Overview;

/// <summary>A minute of the community.</summary>
/// <param name="At">Its end.</param>
/// <param name="Messages">Messages posted in it.</param>
/// <param name="Online">People online at its end; <see langword="null"/> for a minute before the process started.</param>
/// <param name="Connections">Circuits and hub connections at its end.</param>
public sealed record PulseMinute(DateTimeOffset At, long Messages, int? Online, int? Connections);

/// <summary>How the community and its server are.</summary>
/// <param name="Online">People who are here.</param>
/// <param name="Away">People whose tabs are all out of sight.</param>
/// <param name="Circuits">Open browser tabs.</param>
/// <param name="Hubs">Connected token clients.</param>
/// <param name="LastHour">The last sixty minutes, the oldest first.</param>
/// <param name="Push">How telling browsers goes.</param>
/// <param name="BrowsersGone">Browsers that were not there any more, and were forgotten.</param>
/// <param name="PushRetries">Notifications to be tried again.</param>
/// <param name="Browsers">Browsers that let themselves be notified.</param>
/// <param name="MailIsOn">Whether there is a mail server.</param>
/// <param name="Mail">How sending e-mail goes.</param>
/// <param name="MailWaiting">Unread messages and new passwords that wait to go out by e-mail.</param>
/// <param name="Storage">What the database takes.</param>
/// <param name="Totals">How large the community is.</param>
/// <param name="StartedAt">When the process started.</param>
/// <param name="Version">Of the program.</param>
public sealed record OverviewView(
    int Online, int Away, int Circuits, int Hubs, IReadOnlyList<PulseMinute> LastHour, DeliveryFigures Push, long BrowsersGone, int PushRetries, int Browsers, bool MailIsOn,
    DeliveryFigures Mail, int MailWaiting, StorageFigures Storage, CommunityTotals Totals, DateTimeOffset StartedAt, string Version);

/// <summary>How something is delivered, since the process started.</summary>
/// <param name="Sent">What was taken.</param>
/// <param name="Failed">Attempts that were not.</param>
/// <param name="LastSentAt">When something was last taken.</param>
/// <param name="LastErrorAt">When something was last not taken.</param>
/// <param name="LastError">Why.</param>
public sealed record DeliveryFigures(long Sent, long Failed, DateTimeOffset? LastSentAt, DateTimeOffset? LastErrorAt, string? LastError);

/// <summary>What the database takes.</summary>
/// <param name="DatabaseBytes">Its files; <see langword="null"/> where it is not on this machine.</param>
/// <param name="FreeBytes">What is left on their disk; <see langword="null"/> where that cannot be told.</param>
public sealed record StorageFigures(long? DatabaseBytes, long? FreeBytes);

/// <summary>How large the community is.</summary>
/// <param name="People">Accounts, those of bots included.</param>
/// <param name="Rooms">Rooms, direct conversations not.</param>
/// <param name="Messages">Messages ever posted.</param>
public sealed record CommunityTotals(int People, int Rooms, long Messages);
