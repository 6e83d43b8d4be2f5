using BlazorChat.Moderation;

namespace BlazorChat.Api;

/// <summary>Somebody to ban.</summary>
/// <param name="UserId">Whom.</param>
/// <param name="Reason">Why; they read it.</param>
/// <param name="Minutes">For how long; without, for good.</param>
/// <param name="RemoveMessagesMinutes">How far back their messages are removed; without, none are.</param>
public sealed record NewBanBody(long UserId, string? Reason, int? Minutes = null, int? RemoveMessagesMinutes = null);

/// <summary>A ban. <c>state</c> is <c>active</c>, <c>expired</c> or <c>lifted</c>; times are UTC.</summary>
public sealed record BanBody(
    long Id, long? UserId, string? UserName, string? Network, string Reason, string BannedBy, DateTime Since, DateTime? Until, string State, string? Appeal,
    string? AppealAnswer)
{
    /// <summary>A ban in this shape.</summary>
    public static BanBody Of(BanView ban) => new(
        ban.Id, ban.Person?.Id, ban.Person?.Name, ban.Network, ban.Reason, ban.By, ban.At.UtcDateTime, ban.Until?.UtcDateTime,
        ban.State.ToString().ToLowerInvariant(), ban.Appeal?.Text, ban.Appeal?.Answer);
}

/// <summary>Some bans, and how many there are in all.</summary>
public sealed record BansBody(IReadOnlyList<BanBody> Bans, int Total);

/// <summary>The answer to an appeal, for the banned to read, and whether the ban is lifted with it.</summary>
public sealed record AppealAnswerBody(bool? Lift, string? Text);
