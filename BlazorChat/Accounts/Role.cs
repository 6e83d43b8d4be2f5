namespace BlazorChat.Accounts;

/// <summary>
/// What a person is in the whole community; rooms have moderators of their own. Ordered by rank: nobody acts on somebody of equal
/// or higher rank. What each may do is in <see cref="Policy"/>.
/// </summary>
public enum Role
{
    /// <summary>Talks in the rooms that they were invited to, and knows of no others.</summary>
    Guest = -20,

    /// <summary>A program, which speaks by tokens.</summary>
    Bot = -10,

    /// <summary>Talks in rooms.</summary>
    Member = 0,

    /// <summary>Keeps the peace: reports, removals, mutes and bans.</summary>
    Moderator = 50,

    /// <summary>Runs the community: people, invites, settings, every room that is not a direct conversation.</summary>
    Administrator = 100,

    /// <summary>Whose community it is: an administrator whom other administrators cannot touch. There is always one.</summary>
    Owner = 200,
}
