namespace BlazorChat.Accounts;

/// <summary>Who can take part: everybody but bots that were ended.</summary>
public static class ActivePeople
{
    /// <summary>Until when an ended bot is locked out.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Leaves out bots that were ended. A person who is locked out for a while is not one.</summary>
    public static IQueryable<AppUser> WhereActive(this IQueryable<AppUser> users) => users.Where(u => !u.IsBot || u.LockoutEnd == null);
}
