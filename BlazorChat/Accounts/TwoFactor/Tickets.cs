using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace BlazorChat.Accounts.TwoFactor;

/// <summary>
/// What a form of two steps gives the browser to bring back: nobody else can read or make it, and it is good for a few minutes.
/// So the server keeps nothing of who only began.
/// </summary>
public sealed class Tickets(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Packs a text for one purpose.</summary>
    public string Issue(string purpose, string content, TimeSpan lifetime) =>
        Protector(purpose).Protect($"{(time.GetUtcNow() + lifetime).ToUnixTimeMilliseconds()} {content}");

    /// <summary>The text of a ticket; <see langword="null"/> when it is none of this purpose, or too old.</summary>
    public string? Read(string purpose, string? ticket)
    {
        if (ticket is not { Length: > 0 and < 2048 } || !PasswordRules.IsWellFormed(ticket))
        {
            return null;
        }

        try
        {
            var parts = Protector(purpose).Unprotect(ticket).Split(' ', 2);
            return long.Parse(parts[0], CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeMilliseconds() ? parts[1] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(string purpose) => protection.CreateProtector("BlazorChat.Tickets", purpose);
}
