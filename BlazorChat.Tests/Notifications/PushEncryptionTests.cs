using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BlazorChat.Notifications.WebPush;

namespace BlazorChat.Tests.Notifications;

/// <summary>The encryption against the examples of the RFCs, and against a browser that was written apart from it.</summary>
public sealed class PushEncryptionTests
{
    // RFC 8291, section 5 and appendix A.
    private const string Plain = "When I grow up, I want to be a watermelon";
    private const string SenderPublic = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    private const string SenderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    private const string BrowserPublic = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string BrowserPrivate = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    private const string Auth = "BTBZMqHH6r4Tts7J_aSIgg";
    private const string Salt = "DGv6ra1nlYgDCS1FRnbzlw";
    private const string Message = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        + "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    [Fact]
    public void Encrypt_WithTheKeysOfRfc8291_GivesItsBytes()
    {
        using var sender = Key(SenderPublic, SenderPrivate);
        var message = PushEncryption.Encrypt(Encoding.ASCII.GetBytes(Plain), Bytes(BrowserPublic), Bytes(Auth), sender, Bytes(Salt));
        Assert.Equal(Message, Base64Url.EncodeToString(message));
    }

    [Fact]
    public void Browser_OfTheseTests_ReadsTheMessageOfRfc8291()
    {
        using var browser = Key(BrowserPublic, BrowserPrivate);
        Assert.Equal(Plain, Encoding.ASCII.GetString(PushBrowser.Decrypt(Bytes(Message), browser, Bytes(BrowserPublic), Bytes(Auth))));
    }

    [Fact]
    public void Encode_WithTheKeyOfRfc8188_GivesItsBytes()
    {
        // Section 3.1.
        var message = PushEncryption.Encode("I am the walrus"u8, Bytes("yqdlZ-tYemfogSmv7Ws5PQ"), Bytes("I1BsxtFttlv3u_Oo94xnmw"), []);
        Assert.Equal("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg", Base64Url.EncodeToString(message));
    }

    [Theory]
    [InlineData("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg", "yqdlZ-tYemfogSmv7Ws5PQ", "")]
    [InlineData("uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA", "BO3ZVPxUlnLORbVGMpbT1Q", "a1")]
    public void Browser_OfTheseTests_ReadsTheMessagesOfRfc8188(string message, string key, string keyId)
    {
        // Sections 3.1 and 3.2: one record, and two with padding.
        Assert.Equal(keyId, Encoding.ASCII.GetString(ContentCoding.KeyIdOf(Bytes(message))));
        Assert.Equal("I am the walrus", Encoding.ASCII.GetString(ContentCoding.Decode(Bytes(message), Bytes(key))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(PushRequest.MaxContent)]
    public void Encrypt_AnyLength_IsReadByTheBrowser(int length)
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var (point, auth) = (PushEncryption.Point(browser.ExportParameters(false)), RandomNumberGenerator.GetBytes(16));
        var content = RandomNumberGenerator.GetBytes(length);
        var message = PushEncryption.Encrypt(content, point, auth);
        Assert.InRange(message.Length, length, 4_096);
        Assert.Equal(content, PushBrowser.Decrypt(message, browser, point, auth));
        // A key and salt of its own each time: the same content twice tells nothing.
        Assert.NotEqual(message[..86], PushEncryption.Encrypt(content, point, auth)[..86]);
    }

    [Fact]
    public void Encrypt_MoreThanARecordHolds_IsRefused() => Assert.Throws<CryptographicException>(
        () => PushEncryption.Encrypt(new byte[4_096], Bytes(BrowserPublic), Bytes(Auth)));

    [Fact]
    public void Accepts_TheKeysOfABrowser() => Assert.True(PushEncryption.Accepts(Bytes(BrowserPublic), Bytes(Auth)));

    public static TheoryData<string, byte[], byte[]> BadKeys()
    {
        var (point, auth) = (Bytes(BrowserPublic), Bytes(Auth));
        var other = point.ToArray();
        other[64] ^= 1;
        return new()
        {
            { "nothing", [], auth },
            { "a byte short", point[..64], auth },
            { "a byte long", [.. point, 0], auth },
            { "compressed", [2, .. point[1..33]], auth },
            { "hybrid", [6, .. point[1..]], auth },
            { "the point at infinity", [0], auth },
            { "the origin", [4, .. new byte[64]], auth },
            { "not on the curve", other, auth },
            { "beyond the field", [4, .. Enumerable.Repeat((byte)255, 64)], auth },
            { "on another curve", InvalidCurvePoint(), auth },
            { "no secret", point, [] },
            { "a short secret", point, auth[..15] },
            { "a long secret", point, [.. auth, 0] },
        };
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void Accepts_BadKeys_Not(string what, byte[] point, byte[] auth)
    {
        Assert.False(PushEncryption.Accepts(point, auth), what);
        Assert.ThrowsAny<CryptographicException>(() => PushEncryption.Encrypt([1], point, auth));
    }

    /// <summary>On secp256k1, where it is the base point.</summary>
    private static byte[] InvalidCurvePoint() => Convert.FromHexString(
        "0479BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8");

    private static ECDiffieHellman Key(string point, string secret) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Bytes(point)[1..33], Y = Bytes(point)[33..] },
        D = Bytes(secret),
    });

    private static byte[] Bytes(string base64Url) => Base64Url.DecodeFromChars(base64Url);
}
