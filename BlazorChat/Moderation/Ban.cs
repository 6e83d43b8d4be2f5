namespace BlazorChat.Moderation;

/// <summary>That a person, or everybody from a network, is kept out for a time or for good. Kept after it is over, as history.</summary>
public sealed class Ban
{
    /// <summary>Longest reason, appeal and answer.</summary>
    public const int MaxTextLength = 1_000;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>Who is banned; <see langword="null"/> for a network.</summary>
    public long? UserId { get; set; }

    /// <summary>The network that is banned, as CIDR; <see langword="null"/> for a person.</summary>
    public string? Network { get; set; }

    /// <summary>Why, for the banned to read.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Who banned them.</summary>
    public long ById { get; set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Until when; <see langword="null"/> for good.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Since when the person's messages were removed with it; <see langword="null"/> for none.</summary>
    public DateTimeOffset? RemovedSince { get; set; }

    /// <summary>When it was lifted before its time.</summary>
    public DateTimeOffset? LiftedAt { get; set; }

    /// <summary>Who lifted it.</summary>
    public long? LiftedById { get; set; }

    /// <summary>The banned person's note to the moderators.</summary>
    public string? Appeal { get; set; }

    /// <summary>When they wrote it.</summary>
    public DateTimeOffset? AppealedAt { get; set; }

    /// <summary>What they were answered.</summary>
    public string? AppealAnswer { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>By whom.</summary>
    public long? AnsweredById { get; set; }
}
