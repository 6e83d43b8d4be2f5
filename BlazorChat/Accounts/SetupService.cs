using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>Sets the community up: once, by whoever comes first.</summary>
public sealed class SetupService(CommunityService community, Newcomers newcomers)
{
    /// <summary>Stores the community's settings and its owner, both or neither.</summary>
    /// <exception cref="RefusedException">Invalid input, or a Conflict because set-up was completed before.</exception>
    public async Task<AppUser> CompleteAsync(string? communityName, string? personName, string? email, string? password)
    {
        var settings = new CommunitySettings { Name = CommunityService.ParseName(communityName) };
        if ((await community.GetAsync()).IsSetUp)
        {
            throw AlreadyDone();
        }

        var owner = await newcomers.AdmitAsync(personName, email, password, Role.Owner, async db =>
        {
            if (await db.Community.AnyAsync())
            {
                throw AlreadyDone();
            }

            db.Community.Add(settings);
            await db.SaveChangesAsync();
        });
        community.Completed(settings);
        return owner;
    }

    private static RefusedException AlreadyDone() => new(Refusal.Conflict, "This community is already set up. Sign in instead.");
}
