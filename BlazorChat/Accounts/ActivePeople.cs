namespace BlazorChat.Accounts;

/// <summary>Who can take part.</summary>
public static class ActivePeople
{
    /// <summary>Until when an ended account is locked out, and a ban for good lasts.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Leaves out accounts that were ended, and people while they are banned: they are neither found nor mentioned nor written to.
    /// One that is locked out for a while after wrong passwords is not left out.
    /// </summary>
    public static IQueryable<AppUser> WhereActive(this IQueryable<AppUser> users, DateTimeOffset now) =>
        users.WhereNotEnded().Where(u => u.BannedUntil == null || u.BannedUntil <= now);

    /// <summary>Leaves out accounts that were ended; banned people are there.</summary>
    public static IQueryable<AppUser> WhereNotEnded(this IQueryable<AppUser> users) => users.Where(u => u.LockoutEnd == null || u.LockoutEnd < Forever);
}
