using System.Globalization;
using System.Security.Cryptography;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Notifications.Digests;

/// <summary>
/// Links that end e-mails about unread messages. Whoever holds one may: mail programs follow them without anybody's sign-in
/// (RFC 8058). They are good for nothing else, and for as long as the e-mail may be kept.
/// </summary>
public sealed class UnsubscribeLinks(IDbContextFactory<ChatDbContext> contexts, IDataProtectionProvider protection, ChatService chat)
{
    /// <summary>Where they lead.</summary>
    public const string Path = "/account/unsubscribe";

    private readonly IDataProtector _protector = protection.CreateProtector("BlazorChat.Notifications.Unsubscribe");

    /// <summary>A person's link, relative to the site.</summary>
    internal string For(long userId) => $"{Path}?token={_protector.Protect(userId.ToString(CultureInfo.InvariantCulture))}";

    /// <summary>Whether a token is one of ours.</summary>
    public bool IsValid(string? token) => UserOf(token) is not null;

    /// <summary>Ends them for the person whom the token was made for; <see langword="false"/> where it is none.</summary>
    public async Task<bool> UnsubscribeAsync(string? token)
    {
        if (UserOf(token) is not { } userId)
        {
            return false;
        }

        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (!await db.Users.AnyAsync(u => u.Id == userId))
            {
                return false;
            }

            await ChangeAsync(db, userId, settings => settings.EmailAfterMinutes = null);
            await db.DigestItems.Where(i => i.UserId == userId).ExecuteDeleteAsync();
            await transaction.CommitAsync();
        }

        chat.Raise(new NotificationsChanged(userId));
        return true;
    }

    /// <summary>Changes somebody's settings, whether or not they have chosen any.</summary>
    internal static async Task ChangeAsync(ChatDbContext db, long userId, Action<NotificationSettings> change)
    {
        var settings = await db.NotificationSettings.AsTracking().SingleOrDefaultAsync(s => s.UserId == userId);
        if (settings is null)
        {
            db.NotificationSettings.Add(settings = new NotificationSettings { UserId = userId });
        }

        change(settings);
        await db.SaveChangesAsync();
    }

    private long? UserOf(string? token)
    {
        if (token is not { Length: > 0 and < 1024 } || !PasswordRules.IsWellFormed(token))
        {
            return null;
        }

        try
        {
            return long.Parse(_protector.Unprotect(token), CultureInfo.InvariantCulture);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
