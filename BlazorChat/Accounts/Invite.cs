namespace BlazorChat.Accounts;

/// <summary>A link that lets people register, until it expires, is used up or is revoked.</summary>
public sealed class Invite
{
    /// <summary>Longest time that an invite stays good.</summary>
    public const int MaxDays = 365;

    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The secret part of the link: 128 random bits, base64url.</summary>
    public string Code { get; set; } = "";

    /// <summary>The administrator who made it.</summary>
    public long CreatedById { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From here on it admits nobody.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>How many people it admits at the most.</summary>
    public int MaxUses { get; set; }

    /// <summary>How many it has admitted.</summary>
    public int Uses { get; set; }

    /// <summary>What people become by it: members, or guests.</summary>
    public Role Role { get; set; }

    /// <summary>Rooms that they are brought into besides the default ones; for guests the only ones.</summary>
    public List<long> RoomIds { get; set; } = [];

    /// <summary>When an administrator withdrew it.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Whether it admits one more person now.</summary>
    public bool Admits(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt && Uses < MaxUses;
}
