using System.Buffers.Text;
using System.Security.Cryptography;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>What the operator does from the command line, where being there is the authorisation.</summary>
public static class AccountCommands
{
    /// <summary>
    /// Makes an owner, also where all others are locked out; a community that was not set up yet is then, under a default name.
    /// </summary>
    public static async Task<AppUser> CreateAdminAsync(IServiceProvider services, string name, string email, string password)
    {
        var settings = new CommunitySettings { Name = CommunityView.New.Name };
        var isFirst = false;
        var owner = await services.GetRequiredService<Newcomers>()
            .AdmitAsync(name, email, password, Role.Owner, async db =>
            {
                if (isFirst = !await db.Community.AnyAsync())
                {
                    db.Community.Add(settings);
                    await db.SaveChangesAsync();
                }
            });
        if (isFirst)
        {
            services.GetRequiredService<CommunityService>().Completed(settings);
        }

        return owner;
    }

    /// <summary>Turns an account's second factor off, as when its owner has lost the phone and the recovery codes.</summary>
    public static async Task TurnOffTwoFactorAsync(IServiceProvider services, string email)
    {
        var normalized = services.GetRequiredService<ILookupNormalizer>().NormalizeEmail(EmailAddress.Parse(email));
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == normalized) ?? throw RefusedException.NotFound("This account");
        await SecondFactor.TurnOffAsync(db, user.Id);
    }

    /// <summary>Gives the account a new random password, which is returned, and ends its sessions. A second factor stays on.</summary>
    public static async Task<string> ResetPasswordAsync(IServiceProvider services, string email)
    {
        await using var scope = services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await users.FindByEmailAsync(EmailAddress.Parse(email)) ?? throw RefusedException.NotFound("This account");
        var password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15));
        await PasswordResetService.SetAsync(
            users, services.GetRequiredService<SessionRegistry>(), user, await users.GeneratePasswordResetTokenAsync(user), password);
        return password;
    }
}
