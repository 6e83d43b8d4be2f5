using System.Globalization;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Privacy;

/// <summary>What somebody gives to delete their account.</summary>
/// <param name="Name">Their name, typed: nobody does this by accident.</param>
/// <param name="Password">Their password.</param>
/// <param name="Code">A code of their app or a recovery code, where two-factor sign-in is on.</param>
/// <param name="RemovesMessages">Whether what they said goes too; otherwise it stays, as a deleted user's.</param>
public sealed record DeletionRequest(string? Name, string? Password, string? Code, bool RemovesMessages);

/// <summary>
/// Deletes a person's own account, for good and in one transaction: one that is interrupted has not happened. The row of the account
/// stays under a name that says so, because messages, the audit log and direct conversations refer to it; who it was is gone from it.
/// What moderators have on record of it (reports, bans, the audit log) stays with them.
/// </summary>
public sealed class AccountDeletion(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, CurrentPassword password, SecondFactor factor, IFileStore files,
    PersonalTraces traces, PeopleDirectory people, MessageErasure erasure, TimeProvider time)
{
    /// <summary>Whether deleting the actor's account takes a code besides the password.</summary>
    public async Task<bool> NeedsCodeAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.TwoFactorEnabled).SingleAsync();
    }

    /// <summary>Deletes the actor's account. Everything that they have open ends with it.</summary>
    /// <exception cref="RefusedException">The name is not theirs, the password or the code is wrong, or they are the last owner.</exception>
    public async Task DeleteAsync(Actor actor, DeletionRequest request)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        await RequireProofAsync(db, actor, request);
        await Traces.OverwriteAsync(db);
        Departure departure;
        AppUser user;
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            user = await db.Users.AsTracking().SingleAsync(u => u.Id == actor.UserId);
            await RequireOtherOwnerAsync(db, user);
            departure = await traces.RemoveAsync(db, user.Id);
            var avatar = user.Avatar;
            Forget(user, await FreeNameAsync(db, user.Id));
            db.AuditEntries.Add(LineOf(user, request));
            if (request.RemovesMessages)
            {
                MessageErasure.Wish(db, user.Id);
            }

            await db.SaveChangesAsync();
            if (avatar is not null)
            {
                // Before the commit: a server that stops here leaves an account without its picture, and not a picture without its account.
                files.Delete(ProfileService.AvatarFolder, avatar);
            }

            await transaction.CommitAsync();
        }
        finally
        {
            await Traces.CoverAsync(db);
        }

        people.Changed(user);
        traces.Tell(user.Id, departure);
        if (request.RemovesMessages)
        {
            erasure.Wake();
        }
    }

    /// <summary>The wrong name and a last owner cost no code: one is good once.</summary>
    private async Task RequireProofAsync(ChatDbContext db, Actor actor, DeletionRequest request)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == actor.UserId && u.DeletedAt == null) ?? throw RefusedException.SignedOut();
        if (user.IsBot)
        {
            throw RefusedException.Forbidden("Bots are ended by administrators.");
        }

        if (!string.Equals(request.Name?.Trim(), user.Name, StringComparison.Ordinal))
        {
            throw RefusedException.Invalid($"Type your name as it is: {user.Name}", InputField.Name);
        }

        await RequireOtherOwnerAsync(db, user);
        password.Require(user, request.Password);
        if (user.TwoFactorEnabled && !await factor.AcceptAsync(db, user.Id, request.Code))
        {
            throw RefusedException.Invalid("This is neither the code that your app shows now nor a recovery code that was not used.", InputField.TwoFactorCode);
        }
    }

    private static async Task RequireOtherOwnerAsync(ChatDbContext db, AppUser user)
    {
        if (user.Role == Role.Owner && !await db.Users.WhereNotEnded().AnyAsync(u => u.Role == Role.Owner && u.Id != user.Id))
        {
            throw new RefusedException(Refusal.Conflict, "You are the last owner: nobody could run the community without you. Make somebody else an owner first.");
        }
    }

    private static async Task<string> FreeNameAsync(ChatDbContext db, long userId)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"Deleted user {userId}");
        var normalized = name.ToUpperInvariant();
        for (var i = 2; await db.Users.AnyAsync(u => u.NormalizedUserName == normalized); i++)
        {
            // Somebody has had this name before.
            name = string.Create(CultureInfo.InvariantCulture, $"Deleted user {userId}-{i}");
            normalized = name.ToUpperInvariant();
        }

        return name;
    }

    private void Forget(AppUser user, string name)
    {
        user.UserName = name;
        user.NormalizedUserName = name.ToUpperInvariant();
        user.Email = user.NormalizedEmail = user.PasswordHash = user.PhoneNumber = user.Avatar = null;
        user.EmailConfirmed = user.PhoneNumberConfirmed = user.TwoFactorEnabled = false;
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        user.AccessFailedCount = 0;
        user.Role = Role.Member;
        user.LastSeenAt = null;
        user.DeletedAt = time.GetUtcNow();
        user.LockoutEnabled = true;
        user.LockoutEnd = ActivePeople.Forever;
    }

    // Not by the audit log itself, which would write the name that this deletes, and the address.
    private AuditEntry LineOf(AppUser user, DeletionRequest request) => new()
    {
        At = time.GetUtcNow(),
        ActorId = user.Id,
        ActorName = user.Name,
        Act = AuditAct.AccountDeleted,
        Subject = AuditSubject.Person,
        SubjectId = user.Id,
        SubjectName = user.Name,
        PersonId = user.Id,
        After = request.RemovesMessages ? "Messages removed" : "Messages kept",
    };
}
