using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BlazorChat.Accounts.TwoFactor;

/// <summary>
/// Time-based one-time passwords (RFC 6238), as every authenticator app makes them: six digits, a new one each 30 seconds.
/// </summary>
public static class Totp
{
    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    /// <summary>Seconds for which a code is shown.</summary>
    public const int StepSeconds = 30;

    // RFC 4226 recommends 160 bits.
    private const int KeySize = 20;

    /// <summary>A new key to share with an app.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeySize);

    /// <summary>The number of the interval that a moment lies in.</summary>
    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of an interval.</summary>
    public static string Code(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // SHA-1 is what authenticator apps speak; HMAC does not need it to be free of collisions.
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[(hash[^1] & 0xf)..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
    }

    /// <summary>
    /// The interval that a code belongs to: the one now, or the one before or after it, because clocks differ and people are slow;
    /// <see langword="null"/> if it is the code of none of them.
    /// </summary>
    public static long? Match(ReadOnlySpan<byte> key, string code, DateTimeOffset now)
    {
        var given = Encoding.UTF8.GetBytes(code);
        long? match = null;
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(key, step)), given))
            {
                match = step;
            }
        }

        return match;
    }

    /// <summary>What a QR code tells an app: whose key it is, and the key.</summary>
    public static string Uri(string issuer, string account, string encodedKey)
    {
        // A colon would end the issuer.
        var site = System.Uri.EscapeDataString(issuer.Replace(':', ' '));
        return $"otpauth://totp/{site}:{System.Uri.EscapeDataString(account)}?secret={encodedKey}&issuer={site}&digits={Digits}&period={StepSeconds}";
    }
}
