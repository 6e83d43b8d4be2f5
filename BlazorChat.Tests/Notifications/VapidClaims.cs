using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BlazorChat.Tests.Notifications;

/// <summary>Who sent a push does not say so as they should.</summary>
internal sealed class UnknownSenderException(string message) : InvalidOperationException(message);

/// <summary>Who sent a push, as the push service verified it: RFC 8292, and what Apple's asks for besides.</summary>
internal sealed record VapidClaims(string Audience, DateTimeOffset ExpiresAt, string Subject, string PublicKey, string Token)
{
    /// <summary>Takes an <c>Authorization</c> header apart and checks all of it.</summary>
    public static VapidClaims Verify(string authorization, string origin, DateTimeOffset now)
    {
        if (!authorization.StartsWith("vapid ", StringComparison.OrdinalIgnoreCase))
        {
            throw new UnknownSenderException("No vapid authorization.");
        }

        var parameters = authorization["vapid ".Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        var (token, key) = (parameters["t"].Split('.'), parameters["k"]);
        if (token.Length != 3 || authorization.AsSpan().ContainsAny('+', '/', '"'))
        {
            throw new UnknownSenderException("No token in base64url.");
        }

        var head = JsonDocument.Parse(Base64Url.DecodeFromChars(token[0])).RootElement;
        var body = JsonDocument.Parse(Base64Url.DecodeFromChars(token[1])).RootElement;
        var claims = new VapidClaims(
            body.GetProperty("aud").GetString()!, DateTimeOffset.FromUnixTimeSeconds(body.GetProperty("exp").GetInt64()), body.GetProperty("sub").GetString()!, key,
            parameters["t"]);
        if (head.GetProperty("alg").GetString() != "ES256" || !IsSigned($"{token[0]}.{token[1]}", token[2], key))
        {
            throw new UnknownSenderException("The signature is not valid.");
        }

        if (claims.Audience != origin)
        {
            throw new UnknownSenderException($"The token is for {claims.Audience}.");
        }

        if (claims.ExpiresAt <= now || claims.ExpiresAt > now.AddHours(24))
        {
            throw new UnknownSenderException($"The token ends at {claims.ExpiresAt:u}, and it is {now:u}.");
        }

        return claims.Subject is ['m', 'a', 'i', 'l', 't', 'o', ':', not ' ', ..] or ['h', 't', 't', 'p', 's', ':', ..]
            && !claims.Subject.Contains("localhost", StringComparison.Ordinal)
            ? claims
            : throw new UnknownSenderException($"The subject is {claims.Subject}.");
    }

    private static bool IsSigned(string signed, string signature, string key)
    {
        var point = Base64Url.DecodeFromChars(key);
        using var verifier = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..65] } });
        return verifier.VerifyData(
            Encoding.ASCII.GetBytes(signed), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
