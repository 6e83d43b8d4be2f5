using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BlazorChat.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts.TwoFactor;

/// <summary>
/// What is stored of second factors: the app's key, protected by the server's keys, and SHA-256 of the recovery codes, which have
/// too many random bits to be found from it. (Identity's own store would keep both readable.)
/// </summary>
public sealed class SecondFactor(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Recovery codes that one gets.</summary>
    public const int RecoveryCodes = 10;

    // 80 bits: 16 letters.
    private const int RecoveryCodeBytes = 10;
    private const int RecoveryCodeLength = 16;

    private const string Provider = "SecondFactor";
    private const string Key = "Key";
    private const string LastStep = "LastStep";
    private const string Recovery = "Recovery:";

    private readonly IDataProtector _keys = protection.CreateProtector("BlazorChat.SecondFactor");

    /// <summary>Accepts a code of the app, or a recovery code: each once, also when it comes twice at the same moment.</summary>
    internal async Task<bool> AcceptAsync(ChatDbContext db, long userId, string? code)
    {
        var bare = Bare(code);
        if (bare.Length == RecoveryCodeLength)
        {
            var name = RecoveryName(bare);
            return await Stored(db, userId).Where(t => t.Name == name).ExecuteDeleteAsync() == 1;
        }

        if (bare.Length != Totp.Digits)
        {
            return false;
        }

        var stored = await Stored(db, userId).AsNoTracking().Where(t => t.Name == Key || t.Name == LastStep).ToDictionaryAsync(t => t.Name, t => t.Value!);
        if (!stored.TryGetValue(Key, out var key) || !stored.TryGetValue(LastStep, out var last)
            || Unprotect(key) is not { } bytes || Totp.Match(bytes, bare, time.GetUtcNow()) is not { } step
            || step <= long.Parse(last, CultureInfo.InvariantCulture))
        {
            return false;
        }

        return await Stored(db, userId).Where(t => t.Name == LastStep && t.Value == last)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.Value, Text(step))) == 1;
    }

    /// <summary>Takes up a key, whose code of an interval was just given.</summary>
    /// <returns>New recovery codes: to be shown now and never again.</returns>
    /// <exception cref="RefusedException">Conflict: it is on already.</exception>
    internal async Task<IReadOnlyList<string>> TurnOnAsync(ChatDbContext db, long userId, byte[] key, long step)
    {
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => Base32.Encode(RandomNumberGenerator.GetBytes(RecoveryCodeBytes))).ToList();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await SetAsync(db, userId, true) == 0)
        {
            throw new RefusedException(Refusal.Conflict, "Two-factor sign-in is on already.");
        }

        await Stored(db, userId).ExecuteDeleteAsync();
        db.UserTokens.AddRange(
        [
            Row(userId, Key, _keys.Protect(Base32.Encode(key))), Row(userId, LastStep, Text(step)),
            .. codes.Select(code => Row(userId, RecoveryName(code), null)),
        ]);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return [.. codes.Select(code => string.Join('-', code.ToLowerInvariant().Chunk(4).Select(part => new string(part))))];
    }

    /// <summary>Forgets it: the password is enough again.</summary>
    internal static async Task TurnOffAsync(ChatDbContext db, long userId)
    {
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync() : null;
        await SetAsync(db, userId, false);
        await Stored(db, userId).ExecuteDeleteAsync();
        if (own is not null)
        {
            await own.CommitAsync();
        }
    }

    /// <summary>How many recovery codes are left.</summary>
    internal static Task<int> CodesLeftAsync(ChatDbContext db, long userId) =>
        Stored(db, userId).CountAsync(t => t.Name.StartsWith(Recovery));

    // With a new stamp: a change of name at the same moment writes the whole account, and must not write the old value back.
    private static Task<int> SetAsync(ChatDbContext db, long userId, bool isOn)
    {
        var stamp = Guid.NewGuid().ToString();
        return db.Users.Where(u => u.Id == userId && u.TwoFactorEnabled != isOn)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, isOn).SetProperty(u => u.ConcurrencyStamp, stamp));
    }

    private static IQueryable<IdentityUserToken<long>> Stored(ChatDbContext db, long userId) =>
        db.UserTokens.Where(t => t.UserId == userId && t.LoginProvider == Provider);

    private static IdentityUserToken<long> Row(long userId, string name, string? value) =>
        new() { UserId = userId, LoginProvider = Provider, Name = name, Value = value };

    // Apps show "123 456", and people type what they see.
    private static string Bare(string? code) =>
        code is { Length: <= 64 } ? new string([.. code.Where(char.IsAsciiLetterOrDigit)]).ToUpperInvariant() : "";

    private static string RecoveryName(string bare) => Recovery + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(bare)));

    private static string Text(long step) => step.ToString(CultureInfo.InvariantCulture);

    // Where the server's keys were lost, codes of the app are wrong, and recovery codes still right.
    private byte[]? Unprotect(string key)
    {
        try
        {
            return Base32.Decode(_keys.Unprotect(key));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
