using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts.TwoFactor;

/// <summary>Whether signing in takes a code besides the password.</summary>
/// <param name="IsOn">Whether it does.</param>
/// <param name="CodesLeft">Recovery codes that were not used yet.</param>
public sealed record TwoFactorState(bool IsOn, int CodesLeft);

/// <summary>A key that somebody is about to put into their app.</summary>
/// <param name="Account">Their address, by which the app tells accounts apart.</param>
/// <param name="Key">In base32, as apps take it.</param>
/// <param name="Ticket">To bring back with the first code.</param>
public sealed record Enrolment(string Account, string Key, string Ticket);

/// <summary>A person's own second factor. Every change asks for the password again: an open screen must not be enough.</summary>
public sealed class TwoFactorService(
    IDbContextFactory<ChatDbContext> contexts, SessionRegistry sessions, CurrentPassword password, SecondFactor factor, Tickets tickets, TimeProvider time)
{
    /// <summary>How long somebody has to set up their app.</summary>
    public static readonly TimeSpan EnrolmentTime = TimeSpan.FromMinutes(30);

    private const string Purpose = "two-factor enrolment";

    /// <summary>Whether it is on.</summary>
    public async Task<TwoFactorState> GetAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        var isOn = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.TwoFactorEnabled).SingleAsync();
        return new TwoFactorState(isOn, await SecondFactor.CodesLeftAsync(db, actor.UserId));
    }

    /// <summary>A key to put into an app. Nothing is stored before a code proves that it is there.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="ticket">Of an enrolment that was begun, to go on with its key while it is valid.</param>
    public async Task<Enrolment> BeginAsync(Actor actor, string? ticket = null)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        var email = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Email).SingleAsync();
        var key = KeyOf(actor, ticket) ?? Base32.Encode(Totp.NewKey());
        return new Enrolment(email ?? "", key, tickets.Issue(Purpose, $"{actor.UserId} {key}", EnrolmentTime));
    }

    /// <summary>Turns it on.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="ticket">Of the enrolment.</param>
    /// <param name="currentPassword">The actor's password.</param>
    /// <param name="code">What the app shows.</param>
    /// <returns>Recovery codes: to be shown now and never again.</returns>
    /// <exception cref="RefusedException">The ticket is too old, the password or the code wrong, or it is on already.</exception>
    public async Task<IReadOnlyList<string>> TurnOnAsync(Actor actor, string? ticket, string? currentPassword, string? code)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        var key = KeyOf(actor, ticket) ?? throw RefusedException.Invalid("That took too long. There is a new key now: put it into your app.");
        await using var db = await contexts.CreateDbContextAsync();
        await password.RequireAsync(db, actor, currentPassword);
        var bare = new string([.. (code ?? "").Where(char.IsAsciiDigit)]);
        var step = Totp.Match(Base32.Decode(key), bare, time.GetUtcNow()) ?? throw RefusedException.Invalid(
            "This is not the code of this key. Type the one that the app shows now; the clock of its device must be right.", InputField.TwoFactorCode);
        return await factor.TurnOnAsync(db, actor.UserId, Base32.Decode(key), step);
    }

    /// <summary>Turns it off.</summary>
    /// <exception cref="RefusedException">The password is wrong.</exception>
    public async Task TurnOffAsync(Actor actor, string? currentPassword)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await using var db = await contexts.CreateDbContextAsync();
        await password.RequireAsync(db, actor, currentPassword);
        await SecondFactor.TurnOffAsync(db, actor.UserId);
    }

    private string? KeyOf(Actor actor, string? ticket) =>
        tickets.Read(Purpose, ticket)?.Split(' ') is [var user, var key] && user == actor.UserId.ToString() ? key : null;
}
