using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BlazorChat.Notifications.WebPush;

/// <summary>
/// Encrypts what only one browser can read: the keys of RFC 8291 in the content coding <c>aes128gcm</c> of RFC 8188, as a single
/// record.
/// </summary>
public static class PushEncryption
{
    /// <summary>Bytes of an uncompressed point on P-256.</summary>
    public const int KeyLength = 65;

    /// <summary>Bytes of the secret that a browser shares.</summary>
    public const int AuthLength = 16;

    internal const int SaltLength = 16;

    private const int Coordinate = 32;
    private const int TagLength = 16;
    private const int RecordSize = 4_096;
    private const byte LastRecord = 2;

    /// <summary>Whether content can be encrypted for a browser with these keys: right lengths, and a point that is on the curve.</summary>
    public static bool Accepts(byte[] p256dh, byte[] auth)
    {
        try
        {
            using var receiver = auth.Length == AuthLength ? Import(p256dh) : null;
            return receiver is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Encrypts for one browser, with a key pair and salt of this one push.</summary>
    /// <exception cref="CryptographicException">The keys are none that <see cref="Accepts"/>, or the content is too long.</exception>
    public static byte[] Encrypt(ReadOnlySpan<byte> content, byte[] p256dh, byte[] auth)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Span<byte> salt = stackalloc byte[SaltLength];
        RandomNumberGenerator.Fill(salt);
        return Encrypt(content, p256dh, auth, sender, salt);
    }

    /// <summary>The same with a given key pair and salt, so that it can be held against the RFC's own example.</summary>
    internal static byte[] Encrypt(ReadOnlySpan<byte> content, byte[] p256dh, byte[] auth, ECDiffieHellman sender, ReadOnlySpan<byte> salt)
    {
        if (auth.Length != AuthLength)
        {
            throw new CryptographicException($"The secret is not {AuthLength} bytes long.");
        }

        using var receiver = Import(p256dh);
        var senderKey = Point(sender.ExportParameters(includePrivateParameters: false));
        var shared = sender.DeriveRawSecretAgreement(receiver.PublicKey);
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, auth, [.. "WebPush: info\0"u8, .. p256dh, .. senderKey]);
        return Encode(content, key, salt, senderKey);
    }

    /// <summary>RFC 8188, section 2: one record without padding.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> content, ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> keyId)
    {
        if (content.Length > RecordSize - 1 - TagLength)
        {
            throw new CryptographicException("The content is longer than a record.");
        }

        Span<byte> key = stackalloc byte[16];
        Span<byte> nonce = stackalloc byte[12];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, inputKey, key, salt, "Content-Encoding: aes128gcm\0"u8);
        // The sequence number that it would be combined with is zero for the only record.
        HKDF.DeriveKey(HashAlgorithmName.SHA256, inputKey, nonce, salt, "Content-Encoding: nonce\0"u8);

        var header = SaltLength + sizeof(uint) + 1 + keyId.Length;
        var message = new byte[header + content.Length + 1 + TagLength];
        salt.CopyTo(message);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(SaltLength), RecordSize);
        message[SaltLength + sizeof(uint)] = (byte)keyId.Length;
        keyId.CopyTo(message.AsSpan(header - keyId.Length));

        byte[] record = [.. content, LastRecord];
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, record, message.AsSpan(header, record.Length), message.AsSpan(header + record.Length));
        return message;
    }

    /// <summary>A public key as bytes: uncompressed, 65 of them.</summary>
    internal static byte[] Point(ECParameters key) => [4, .. key.Q.X!, .. key.Q.Y!];

    private static ECDiffieHellman Import(byte[] point) => point is [4, ..] && point.Length == KeyLength
        // Refuses what is not on the curve: an agreement on such a point would give parts of the other's private key away.
        ? ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..(1 + Coordinate)], Y = point[(1 + Coordinate)..] },
        })
        : throw new CryptographicException("The key is not an uncompressed point on P-256.");
}
