using System.Net;

namespace BlazorChat.Accounts;

/// <summary>Admits people who register: by an invite, everyone while an administrator has opened registration, nobody while it is closed.</summary>
public sealed class RegistrationService(
    CommunityService community, InviteService invites, Newcomers newcomers, BlockedNetworks networks) : IDisposable
{
    /// <summary>What everybody is told while registration is closed, also with an invite: it keeps, for when it opens.</summary>
    public const string Closed = "Nobody can register at the moment. An invite stays good for when registration opens again.";

    private readonly AddressLimit _limit = new(burst: 60, perMinute: 10);

    /// <summary>Makes an account. Nothing is stored and no invite is spent unless all of it succeeds.</summary>
    /// <param name="name">The name that others see.</param>
    /// <param name="email">The address to sign in with.</param>
    /// <param name="password">A new password.</param>
    /// <param name="inviteCode">The invite; without one, registration must be open.</param>
    /// <param name="address">Where the request came from; open registration is limited by it, and a banned network registers nobody.</param>
    /// <exception cref="RefusedException">Invalid input, a name or address that is taken, or no admittance.</exception>
    public async Task<AppUser> RegisterAsync(string? name, string? email, string? password, string? inviteCode, IPAddress? address = null)
    {
        var code = inviteCode?.Trim();
        var settings = await community.GetAsync();
        if (!settings.IsSetUp)
        {
            throw RefusedException.Forbidden("This community is not set up yet.");
        }

        if (settings.Registration == RegistrationMode.Closed)
        {
            throw RefusedException.Forbidden(Closed);
        }

        if (networks.Find(address) is { } network)
        {
            throw network.Refuse();
        }

        if (!string.IsNullOrEmpty(code))
        {
            // Looked at before the password is hashed, so that guessing codes costs next to nothing; decided by the transaction.
            if (await invites.PeekAsync(code) is not InviteState.Valid and var state)
            {
                throw InviteService.Refuse(state);
            }

            return await newcomers.AdmitAsync(name, email, password, db => invites.ConsumeAsync(db, code));
        }

        if (!settings.RegistrationOpen)
        {
            throw new RefusedException(Refusal.Forbidden, "Registration is by invite only. Ask a member for a link.")
            {
                Field = InputField.InviteCode,
            };
        }

        _limit.Spend(address);
        return await newcomers.AdmitAsync(name, email, password, Role.Member, _ => Task.CompletedTask);
    }

    /// <inheritdoc/>
    public void Dispose() => _limit.Dispose();
}
