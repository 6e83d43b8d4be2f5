namespace BlazorChat.Accounts;

/// <summary>Who can take part: everybody but accounts that were ended.</summary>
public static class ActivePeople
{
    /// <summary>Until when an ended account is locked out.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Leaves out accounts that were ended. One that is locked out for a while is not.</summary>
    public static IQueryable<AppUser> WhereActive(this IQueryable<AppUser> users) => users.Where(u => u.LockoutEnd == null || u.LockoutEnd < Forever);
}
