using BlazorChat.Accounts;

namespace BlazorChat.Moderation;

/// <summary>How somebody is banned.</summary>
/// <param name="Time">For how long; <see langword="null"/> for good.</param>
/// <param name="Reason">Why, for the banned to read.</param>
/// <param name="RemoveMessagesOf">How far back their messages are removed with it, to be restored when it is lifted; <see langword="null"/> for none.</param>
public sealed record BanRequest(TimeSpan? Time, string? Reason, TimeSpan? RemoveMessagesOf = null);

/// <summary>Where a ban stands.</summary>
public enum BanState
{
    /// <summary>It holds.</summary>
    Active,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>A moderator ended it.</summary>
    Lifted,
}

/// <summary>An appeal, and what it was answered.</summary>
/// <param name="Text">The banned person's note.</param>
/// <param name="At">When they wrote it.</param>
/// <param name="Answer">The moderators' answer; <see langword="null"/> while there is none.</param>
/// <param name="AnsweredAt">When.</param>
/// <param name="AnsweredBy">By whom.</param>
public sealed record AppealView(string Text, DateTimeOffset At, string? Answer, DateTimeOffset? AnsweredAt, string? AnsweredBy);

/// <summary>A ban as moderators see it.</summary>
/// <param name="Id">Key.</param>
/// <param name="Person">Who is banned; <see langword="null"/> for a network.</param>
/// <param name="Network">The network; <see langword="null"/> for a person.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">The name of who banned them.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">Until when; <see langword="null"/> for good.</param>
/// <param name="State">Where it stands.</param>
/// <param name="LiftedBy">Who lifted it, if somebody did.</param>
/// <param name="LiftedAt">When.</param>
/// <param name="Restorable">How many messages were removed with it and can be restored.</param>
/// <param name="Appeal">The appeal, if there is one.</param>
public sealed record BanView(
    long Id, PersonView? Person, string? Network, string Reason, string By, DateTimeOffset At, DateTimeOffset? Until, BanState State,
    string? LiftedBy, DateTimeOffset? LiftedAt, int Restorable, AppealView? Appeal)
{
    /// <summary>Whom or what it keeps out.</summary>
    public string Name => Person?.Name ?? Network ?? "";

    /// <summary>Whether somebody waits for an answer.</summary>
    public bool IsAppealed => Appeal is { AnsweredAt: null };
}

/// <summary>Which bans to list.</summary>
public enum BanFilter
{
    /// <summary>Those that hold.</summary>
    Active,

    /// <summary>Those with an appeal that waits for an answer.</summary>
    Appealed,

    /// <summary>Those that were lifted or are over.</summary>
    Over,

    /// <summary>All there ever were.</summary>
    All,
}

/// <summary>By what a list of bans is sorted.</summary>
public enum BanOrder
{
    /// <summary>Appeals that wait first, then the newest.</summary>
    Urgency,

    /// <summary>By whom they keep out.</summary>
    Name,

    /// <summary>By when they began.</summary>
    At,

    /// <summary>By when they end.</summary>
    Until,
}

/// <summary>A page of a list of bans.</summary>
/// <param name="Filter">Which.</param>
/// <param name="Search">What a name, a network or a reason contains; empty for anything.</param>
/// <param name="Order">Sorted by what.</param>
/// <param name="IsDescending">Whether the other way round.</param>
/// <param name="Page">Which page, from 0.</param>
public sealed record BanQuery(
    BanFilter Filter = BanFilter.Active, string? Search = null, BanOrder Order = BanOrder.Urgency, bool IsDescending = false, int Page = 0);

/// <summary>What a banned person is told.</summary>
/// <param name="PersonName">Their name.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">Until when; <see langword="null"/> for good.</param>
/// <param name="Appeal">Their appeal, if they wrote one.</param>
public sealed record BanNotice(string PersonName, string Reason, DateTimeOffset At, DateTimeOffset? Until, AppealView? Appeal)
{
    /// <summary>Whether they may write to the moderators: not while a note of theirs waits for its answer.</summary>
    public bool MayAppeal => Appeal is null or { AnsweredAt: not null };
}

/// <summary>Somebody who came from a network recently.</summary>
/// <param name="Person">Who.</param>
/// <param name="Address">The address that they were last seen at there.</param>
/// <param name="SeenAt">When.</param>
public sealed record SeenThere(PersonView Person, string Address, DateTimeOffset SeenAt)
{
    /// <summary>Whether a ban of the network would leave them alone.</summary>
    public bool IsSpared => !BlockedNetworks.KeepsOut(Person.Role);
}

/// <summary>What banning a network would do.</summary>
/// <param name="Network">The network as it would be stored.</param>
/// <param name="MyAddress">The actor's own address, where it lies in the network.</param>
/// <param name="People">Other people who were seen there recently, the latest first, at most <see cref="NetworkBans.MaxListed"/>.</param>
/// <param name="Count">How many there are in all.</param>
public sealed record NetworkPreview(string Network, string? MyAddress, IReadOnlyList<SeenThere> People, int Count);
