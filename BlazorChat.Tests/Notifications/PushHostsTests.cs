using BlazorChat.Notifications.WebPush;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Notifications;

/// <summary>Which addresses of browsers are used: data.</summary>
public sealed class PushHostsTests
{
    [Theory]
    [InlineData("https://fcm.googleapis.com/fcm/send/abc:def")]
    [InlineData("https://fcm.googleapis.com/wp/abc")]
    [InlineData("https://FCM.googleapis.com/fcm/send/abc")]
    [InlineData("https://fcm.googleapis.com:443/fcm/send/abc")]
    [InlineData("https://android.googleapis.com/gcm/send/abc")]
    [InlineData("https://jmt17.google.com/fcm/send/abc")]
    [InlineData("https://updates.push.services.mozilla.com/wpush/v2/gAAAA-_x")]
    [InlineData("https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2b%2fx")]
    [InlineData("https://db5.notify.windows.com/?token=x")]
    [InlineData("https://web.push.apple.com/QGuQyavXutnMH9LpfTTzZ")]
    [InlineData("https://api.eu.push.apple.com/3/x")]
    public void Endpoint_OfAKnownBrowser_IsUsed(string endpoint) => Assert.Null(Hosts().WhyRefused(endpoint));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("/fcm/send/abc")]
    [InlineData("//fcm.googleapis.com/fcm/send/abc")]
    [InlineData("http://fcm.googleapis.com/fcm/send/abc")]
    [InlineData("ftp://fcm.googleapis.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://fcm.googleapis.com:8443/fcm/send/abc")]
    [InlineData("https://fcm.googleapis.com:80/fcm/send/abc")]
    [InlineData("https://fcm.googleapis.com./fcm/send/abc")]
    [InlineData("https://user@fcm.googleapis.com/fcm/send/abc")]
    [InlineData("https://user:secret@fcm.googleapis.com/fcm/send/abc")]
    [InlineData("https://fcm.googleapis.com@127.0.0.1/x")]
    [InlineData("https://fcm.googleapis.com\\@127.0.0.1/x")]
    [InlineData("https://127.0.0.1\\.push.apple.com/x")]
    [InlineData("https://127.0.0.1#.push.apple.com/x")]
    [InlineData("https://127.0.0.1?.push.apple.com/x")]
    [InlineData("https://fcm.googleapis.com.evil.example/x")]
    [InlineData("https://evilfcm.googleapis.com/x")]
    [InlineData("https://evilpush.apple.com/x")]
    [InlineData("https://push.apple.com/x")]
    [InlineData("https://push.apple.com.evil.example/x")]
    [InlineData("https://fcm.gооgleapis.com/x")]
    [InlineData("https://xn--fcm-ggleapis-p6fb.com/x")]
    [InlineData("https://fcm。googleapis。com/x")]
    [InlineData("https://example.com/x")]
    [InlineData("https://localhost/x")]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://127.1/x")]
    [InlineData("https://2130706433/x")]
    [InlineData("https://0x7f000001/x")]
    [InlineData("https://017700000001/x")]
    [InlineData("https://[::1]/x")]
    [InlineData("https://[::ffff:127.0.0.1]/x")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://142.250.74.74/fcm/send/abc")]
    [InlineData("https://fcm.googleapis.com/a b")]
    [InlineData("https://fcm.googleapis.com/a\r\nX: y")]
    [InlineData(" https://fcm.googleapis.com/x")]
    public void Endpoint_ElsewhereOrNone_IsNotUsed(string? endpoint) => Assert.NotNull(Hosts().WhyRefused(endpoint));

    [Fact]
    public void Endpoint_OfTheGreatestLength_IsUsedAndOneMoreNot()
    {
        var endpoint = "https://fcm.googleapis.com/fcm/send/".PadRight(PushHosts.MaxEndpointLength, 'x');
        Assert.Null(Hosts().WhyRefused(endpoint));
        Assert.NotNull(Hosts().WhyRefused(endpoint + "x"));
    }

    [Theory]
    [InlineData("push.example.org", "https://push.example.org/x", true)]
    [InlineData("push.example.org", "http://push.example.org/x", true)]
    [InlineData("push.example.org", "https://push.example.org:8443/x", true)]
    [InlineData("push.example.org", "https://PUSH.example.ORG/x", true)]
    [InlineData("push.example.org", "https://a.push.example.org/x", false)]
    [InlineData("push.example.org", "https://push.example.org./x", false)]
    [InlineData("push.example.org", "https://push.example.org.evil.example/x", false)]
    [InlineData("push.example.org", "https://user@push.example.org/x", false)]
    [InlineData("push.example.org", "ftp://push.example.org/x", false)]
    [InlineData("push.example.org:8443", "https://push.example.org:8443/x", true)]
    [InlineData("push.example.org:8443", "https://push.example.org/x", false)]
    [InlineData("push.example.org:443", "https://push.example.org/x", true)]
    [InlineData("push.example.org:443", "http://push.example.org/x", false)]
    [InlineData("*.example.org", "https://a.example.org/x", true)]
    [InlineData("*.example.org", "https://a.b.example.org:99/x", true)]
    [InlineData("*.example.org", "https://example.org/x", false)]
    [InlineData("*.example.org", "https://evilexample.org/x", false)]
    [InlineData("*.example.org:99", "https://a.example.org:99/x", true)]
    [InlineData("*.example.org:99", "https://a.example.org/x", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1:40123/push/x", true)]
    [InlineData("127.0.0.1:40123", "http://127.0.0.1:40123/push/x", true)]
    [InlineData("127.0.0.1:40123", "http://127.0.0.1:40124/push/x", false)]
    [InlineData("127.0.0.1", "http://127.0.0.2/x", false)]
    [InlineData("127.0.0.1", "http://localhost/x", false)]
    [InlineData("localhost", "http://localhost:5000/x", true)]
    [InlineData("[::1]", "http://[::1]:5000/x", true)]
    [InlineData("::1", "http://[::1]:5000/x", true)]
    [InlineData("[::1]:5000", "http://[::1]:5000/x", true)]
    [InlineData("[::1]:5000", "http://[::1]:5001/x", false)]
    [InlineData("müller.example", "https://xn--mller-kva.example/x", true)]
    public void Endpoint_AtAListedHost_IsUsedAsListed(string listed, string endpoint, bool isUsed) =>
        Assert.Equal(isUsed, Hosts(listed).WhyRefused(endpoint) is null);

    [Fact]
    public void Endpoint_OfAKnownBrowser_IsUsedBesidesListedOnes()
    {
        Assert.Null(Hosts("push.example.org").WhyRefused("https://web.push.apple.com/x"));
        Assert.NotNull(Hosts("push.example.org").WhyRefused("http://web.push.apple.com/x"));
    }

    private static PushHosts Hosts(params string[] listed) => new(Options.Create(new PushOptions { AllowedHosts = listed }));
}
