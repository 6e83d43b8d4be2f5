using BlazorChat.Data;
using BlazorChat.Filtering;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// What else happens when somebody joins the community. Rooms implements it: newcomers are in "General" from the start.
/// </summary>
public interface INewcomerWelcome
{
    /// <summary>Runs in the transaction that makes the account: both are stored, or neither.</summary>
    /// <param name="db">The transaction's context.</param>
    /// <param name="newcomer">Who joins.</param>
    /// <param name="roomIds">Rooms that their invite brings them into; for a guest the only ones.</param>
    Task WelcomeAsync(ChatDbContext db, AppUser newcomer, IReadOnlyCollection<long> roomIds);

    /// <summary>Lets somebody make an invite into rooms only where they could bring people into each of them.</summary>
    /// <exception cref="RefusedException">One of them is not there, or not theirs to bring people into.</exception>
    Task RequireRoomsAsync(Actor actor, ChatDbContext db, IReadOnlyCollection<long> roomIds);

    /// <summary>Runs after the commit; the place to raise events.</summary>
    void Welcomed(AppUser newcomer);
}

/// <summary>As what somebody is admitted.</summary>
/// <param name="Role">Their role.</param>
/// <param name="RoomIds">Rooms that they are brought into besides the default ones.</param>
internal sealed record Admittance(Role Role, IReadOnlyCollection<long> RoomIds);

/// <summary>Makes accounts, whichever gate the person came through.</summary>
public sealed class Newcomers(IServiceScopeFactory scopes, IPasswordHasher<AppUser> hasher, TextFilter filter, TimeProvider time)
{
    /// <summary>
    /// Makes an account in one transaction with whatever <paramref name="gate"/> stores; the gate refuses by throwing.
    /// </summary>
    internal Task<AppUser> AdmitAsync(string? name, string? email, string? password, Role role, Func<ChatDbContext, Task> gate) =>
        AdmitAsync(name, email, password, async db =>
        {
            await gate(db);
            return new Admittance(role, []);
        });

    /// <summary>The same where the gate says what they become and which rooms they are brought into.</summary>
    internal async Task<AppUser> AdmitAsync(string? name, string? email, string? password, Func<ChatDbContext, Task<Admittance>> gate)
    {
        var user = new AppUser
        {
            UserName = filter.Name(name),
            Email = EmailAddress.Parse(email),
            CreatedAt = time.GetUtcNow(),
        };
        PasswordRules.Check(password, user.UserName, user.Email);

        // Before the transaction: hashing takes a tenth of a second, during which nobody else could write.
        user.PasswordHash = hasher.HashPassword(user, password!);

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ChatDbContext>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var welcomes = scope.ServiceProvider.GetServices<INewcomerWelcome>().ToList();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            try
            {
                var admittance = await gate(db);
                user.Role = admittance.Role;
                IdentityErrors.Require(await users.CreateAsync(user));
                foreach (var welcome in welcomes)
                {
                    await welcome.WelcomeAsync(db, user, admittance.RoomIds);
                }

                await transaction.CommitAsync();
            }
            catch (DbUpdateException e)
            {
                // A unique index had the last word: somebody else was quicker by a moment.
                throw new RefusedException(Refusal.Conflict, "Somebody else was quicker. Try again.", e);
            }
        }

        foreach (var welcome in welcomes)
        {
            welcome.Welcomed(user);
        }

        return user;
    }
}

/// <summary>Identity's errors in this application's terms.</summary>
internal static class IdentityErrors
{
    /// <summary>Lets an operation go on only if Identity accepted it.</summary>
    public static void Require(IdentityResult result)
    {
        if (result.Succeeded)
        {
            return;
        }

        var error = result.Errors.First();
        throw error.Code switch
        {
            nameof(IdentityErrorDescriber.DuplicateUserName) =>
                new RefusedException(Refusal.Conflict, "Somebody already has this name.") { Field = InputField.Name },
            nameof(IdentityErrorDescriber.DuplicateEmail) =>
                new RefusedException(Refusal.Conflict, "There is already an account with this e-mail address.") { Field = InputField.Email },
            nameof(IdentityErrorDescriber.ConcurrencyFailure) =>
                new RefusedException(Refusal.Conflict, "This was changed elsewhere at the same moment. Try again."),
            nameof(IdentityErrorDescriber.InvalidToken) =>
                RefusedException.Invalid(PasswordResetService.LinkRefused),
            nameof(IdentityErrorDescriber.InvalidEmail) => RefusedException.Invalid("This is not an e-mail address.", InputField.Email),
            nameof(IdentityErrorDescriber.InvalidUserName) => RefusedException.Invalid("This name cannot be used.", InputField.Name),
            var code when code.StartsWith("Password", StringComparison.Ordinal) =>
                RefusedException.Invalid(error.Description, InputField.Password),
            _ => RefusedException.Invalid(error.Description),
        };
    }
}
