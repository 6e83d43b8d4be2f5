using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>What a person may do in the whole community. Rooms have managers of their own.</summary>
public enum Role
{
    /// <summary>Talks in rooms.</summary>
    Member = 0,

    /// <summary>Runs the community: invites, people, every room that is not a direct conversation.</summary>
    Administrator = 100,
}

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

    /// <summary>The name that others see.</summary>
    public string Name => UserName ?? "";
}
