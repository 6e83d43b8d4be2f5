namespace BlazorChat.Accounts;

/// <summary>A person as others see them.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">The name they are mentioned by.</param>
/// <param name="Avatar">Names their avatar image; <see langword="null"/> shows coloured initials.</param>
/// <param name="Role">Their rights in the community.</param>
/// <param name="IsBot">Whether a program speaks through the account.</param>
public sealed record PersonView(long Id, string Name, string? Avatar, Role Role, bool IsBot = false);

/// <summary>A person as they see themselves.</summary>
/// <param name="Person">As others see them.</param>
/// <param name="Email">By which they sign in; <see langword="null"/> for a bot.</param>
public sealed record OwnProfile(PersonView Person, string? Email);
