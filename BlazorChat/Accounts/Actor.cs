namespace BlazorChat.Accounts;

/// <summary>
/// The person on whose behalf an operation runs: who they are and by which signed-in session.
/// Passed explicitly to every service; it carries no rights, because rights are looked up when they are needed.
/// </summary>
/// <param name="UserId">The account.</param>
/// <param name="SessionId">The session that must still be active for anything to be allowed.</param>
public sealed record Actor(long UserId, Guid SessionId);
