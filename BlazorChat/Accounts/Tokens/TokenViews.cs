namespace BlazorChat.Accounts.Tokens;

/// <summary>Who a valid token speaks for.</summary>
/// <param name="Actor">The person, by the token's session.</param>
/// <param name="ExpiresAt">Until when; <see langword="null"/> for as long as it is not revoked.</param>
public sealed record TokenGrant(Actor Actor, DateTimeOffset? ExpiresAt);

/// <summary>A token in a list: all that is known of it but the token.</summary>
public sealed record TokenView(
    long Id, string Name, string Hint, Scope Scopes, long? RoomId, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? UsedAt);

/// <summary>A token that was just made.</summary>
/// <param name="Token">The token: shown now and never again.</param>
/// <param name="View">As it is listed.</param>
public sealed record NewToken(string Token, TokenView View);

/// <summary>What a sign-in through the API answers.</summary>
/// <param name="AccessToken">Good for <see cref="TokenPairs.AccessLifetime"/>.</param>
/// <param name="RefreshToken">Good for one new pair.</param>
public sealed record TokenPair(string AccessToken, string RefreshToken);
