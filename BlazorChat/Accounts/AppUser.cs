using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>
/// A person's account. <see cref="IdentityUser{TKey}.UserName"/> is the name that others see: unique without regard to case,
/// so that a mention names one person.
/// </summary>
public sealed class AppUser : IdentityUser<long>
{
    /// <summary>Rights in the whole community.</summary>
    public Role Role { get; set; }

    /// <summary>Names the stored avatar image; <see langword="null"/> shows coloured initials.</summary>
    public string? Avatar { get; set; }

    /// <summary>Whether a program speaks through it: it has tokens instead of a password, and a badge.</summary>
    public bool IsBot { get; set; }

    /// <summary>When the account was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When any of its sessions was last used; stored a little later than it happens.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>
    /// Until when a ban keeps them out, <see cref="ActivePeople.Forever"/> for good; <see langword="null"/> or past for nobody banned.
    /// Who banned them and why is with the ban; this is what sign-in and posting decide on.
    /// </summary>
    public DateTimeOffset? BannedUntil { get; set; }

    /// <summary>When its owner deleted it: the name and address are gone, what was said may stay.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The name that others see.</summary>
    public string Name => UserName ?? "";
}
