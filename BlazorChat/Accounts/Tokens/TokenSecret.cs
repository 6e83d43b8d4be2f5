using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace BlazorChat.Accounts.Tokens;

/// <summary>How secrets that are shown once are made, hashed and recognised.</summary>
public static class TokenSecret
{
    /// <summary>Prefix of a person's own token.</summary>
    public const string Personal = "bcp_";

    /// <summary>Prefix of a bot's token.</summary>
    public const string Bot = "bcb_";

    /// <summary>Prefix of an access token.</summary>
    public const string Access = "bca_";

    /// <summary>Prefix of a refresh token.</summary>
    public const string Refresh = "bcr_";

    /// <summary>Random bytes in a secret.</summary>
    private const int Size = 32;

    private const int PrefixLength = 4;
    private const int HintLength = PrefixLength + 4;

    // 32 bytes in base64url, without padding.
    private const int EncodedLength = 43;

    /// <summary>A new secret: a prefix that scanners for leaked secrets can be taught, and 256 random bits.</summary>
    public static string Create(string prefix)
    {
        Span<byte> random = stackalloc byte[Size];
        RandomNumberGenerator.Fill(random);
        return prefix + Base64Url.EncodeToString(random);
    }

    /// <summary>The beginning, by which a person recognises it in a list.</summary>
    public static string Hint(string secret) => secret[..HintLength];

    /// <summary>Whether it could be a secret at all: what is not is refused without looking it up.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> secret) =>
        secret.Length == PrefixLength + EncodedLength && secret.StartsWith("bc") && secret[PrefixLength - 1] == '_' && Ascii.IsValid(secret);

    /// <summary>SHA-256 of a well-formed secret.</summary>
    public static SecretHash Hash(ReadOnlySpan<char> secret)
    {
        Span<byte> bytes = stackalloc byte[PrefixLength + EncodedLength];
        Encoding.ASCII.GetBytes(secret, bytes);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return MemoryMarshal.Read<SecretHash>(hash);
    }
}

/// <summary>A SHA-256 as a key of dictionaries.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct SecretHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>As it is stored.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[SHA256.HashSizeInBytes];
        MemoryMarshal.Write(bytes, in this);
        return bytes;
    }

    /// <summary>From what is stored.</summary>
    public static SecretHash From(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<SecretHash>(bytes);
}
