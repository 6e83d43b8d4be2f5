using BlazorChat.Notifications.WebPush;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Notifications;

/// <summary>What the section <c>Push</c> may hold, and what is said about the rest.</summary>
public sealed class PushOptionsTests
{
    [Theory]
    [InlineData("mailto:admin@example.org")]
    [InlineData("mailto:first.last+push@sub.example.org")]
    [InlineData("https://chat.example.org")]
    [InlineData("https://chat.example.org/contact")]
    [InlineData("https://chat.tailnet.ts.net:8443/")]
    public async Task Subject_ThatPushServicesTake_IsTaken(string subject)
    {
        await using var host = WebPushHost.With(("Push:Subject", subject));
        Assert.Equal(subject, host.Get<IOptions<PushOptions>>().Value.Subject);
    }

    [Theory]
    [InlineData("admin@example.org")]
    [InlineData("mailto:")]
    [InlineData("mailto:admin")]
    [InlineData("mailto:admin@localhost")]
    [InlineData("mailto:admin@chat.localhost")]
    [InlineData("mailto:admin@chat.local")]
    [InlineData("mailto: admin@example.org")]
    [InlineData("mailto:<admin@example.org>")]
    [InlineData("mailto:Admin <admin@example.org>")]
    [InlineData("mailto:a@example.org,b@example.org")]
    [InlineData("mailto:admin@127.0.0.1")]
    [InlineData("http://chat.example.org")]
    [InlineData("https://localhost:5001")]
    [InlineData("https://chat.localhost")]
    [InlineData("https://127.0.0.1")]
    [InlineData("https://[::1]")]
    [InlineData("https://user@example.org")]
    [InlineData("chat.example.org")]
    public async Task Subject_ThatSomePushServiceRefuses_StopsTheStartWithWords(string subject)
    {
        await using var host = WebPushHost.With(("Push:Subject", subject));
        var exception = Assert.Throws<OptionsValidationException>(() => host.Get<IOptions<PushOptions>>().Value);
        Assert.Contains($"Push:Subject is \"{subject}\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains("mailto:admin@your-domain.org", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "mailto:webmaster@example.com")]
    [InlineData("", "mailto:webmaster@example.com")]
    [InlineData("http://localhost:5080", "mailto:webmaster@example.com")]
    [InlineData("https://localhost:5081", "mailto:webmaster@example.com")]
    [InlineData("http://chat.example.org", "mailto:webmaster@example.com")]
    [InlineData("https://192.168.1.5", "mailto:webmaster@example.com")]
    [InlineData("https://chat.example.org", "https://chat.example.org")]
    public async Task Subject_NotSet_IsTheServersAddressWhereThatIsOne(string? baseUrl, string expected)
    {
        await using var host = WebPushHost.With(("Chat:BaseUrl", baseUrl), ("Push:Subject", ""));
        Assert.Equal(expected, host.Get<IOptions<PushOptions>>().Value.Subject);
    }

    [Fact]
    public async Task AllowedHosts_AsArrayAsTextAndBoth_AreAll()
    {
        await using var array = WebPushHost.With(("Push:AllowedHosts:0", "a.example"), ("Push:AllowedHosts:1", "b.example:99"));
        Assert.Equal(["a.example", "b.example:99"], array.Get<IOptions<PushOptions>>().Value.AllowedHosts);
        await using var text = WebPushHost.With(("Push:AllowedHosts", " a.example, *.b.example ,,"));
        Assert.Equal(["a.example", "*.b.example"], text.Get<IOptions<PushOptions>>().Value.AllowedHosts);
        await using var both = WebPushHost.With(("Push:AllowedHosts:0", "a.example"), ("Push:AllowedHosts", "b.example"));
        Assert.Equal(["a.example", "b.example"], both.Get<IOptions<PushOptions>>().Value.AllowedHosts);
        await using var none = WebPushHost.With(("Push:AllowedHosts", ""));
        Assert.Empty(none.Get<IOptions<PushOptions>>().Value.AllowedHosts);
    }

    [Theory]
    [InlineData("https://push.example.org")]
    [InlineData("push.example.org/path")]
    [InlineData("push.example.org:")]
    [InlineData("push.example.org:0")]
    [InlineData("push.example.org:65536")]
    [InlineData("push.example.org:http")]
    [InlineData("user@push.example.org")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.*.example.org")]
    [InlineData("*.10.0.0.1")]
    [InlineData("push example.org")]
    [InlineData("10.0.0.0/8")]
    [InlineData(":80")]
    public async Task AllowedHosts_ThatAreNone_StopTheStartWithWords(string listed)
    {
        await using var host = WebPushHost.With(("Push:AllowedHosts", listed));
        var exception = Assert.Throws<OptionsValidationException>(() => host.Get<IOptions<PushOptions>>().Value);
        Assert.Contains($"Push:AllowedHosts has \"{listed}\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GraceSeconds_AreThreeUnlessSet()
    {
        await using var unset = WebPushHost.With();
        Assert.Equal(TimeSpan.FromSeconds(3), unset.Get<IOptions<PushOptions>>().Value.Grace);
        await using var short_ = WebPushHost.With(("Push:GraceSeconds", "0.5"));
        Assert.Equal(TimeSpan.FromSeconds(0.5), short_.Get<IOptions<PushOptions>>().Value.Grace);
        await using var negative = WebPushHost.With(("Push:GraceSeconds", "-1"));
        Assert.Throws<OptionsValidationException>(() => negative.Get<IOptions<PushOptions>>().Value);
    }

    [Fact]
    public async Task Server_WithASubjectThatPushServicesRefuse_DoesNotStart_AndSaysWhy()
    {
        await using var server = new Journeys.ServerProcess();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync("--Push:Subject=mailto:admin@localhost"));
        Assert.Contains("Push:Subject is \"mailto:admin@localhost\"", exception.Message, StringComparison.Ordinal);
    }
}
