using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Notifications;
using BlazorChat.Notifications.Digests;
using BlazorChat.Rooms;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Notifications;

/// <summary>Where the links of a digest lead, on the running site.</summary>
public sealed class UnsubscribePageTests : IAsyncLifetime
{
    private MailReceiver _receiver = null!;
    private Site _site = null!;
    private Actor _ann = null!;
    private Actor _bob = null!;
    private Uri _message = null!;
    private Uri _unsubscribe = null!;

    /// <summary>Bob gets an e-mail about a message of Ann's.</summary>
    public async ValueTask InitializeAsync()
    {
        _receiver = await MailReceiver.StartAsync();
        _site = await Site.StartAsync([.. _receiver.Settings().Select(s => $"--{s.Key}={s.Value}")]);
        await using var db = await Get<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await Wait.UntilAsync(() => db.LogCursors.AnyAsync(c => c.Name == DigestLog.CursorName));
        _ann = await SignInAsync(await Get<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", AccountsHost.Password));
        var invite = await Get<InviteService>().CreateAsync(_ann, 1, 1);
        _bob = await SignInAsync(await Get<RegistrationService>().RegisterAsync("Bob", "bob@example.com", AccountsHost.Password, invite.Code));
        var room = (await Get<RoomQueries>().MineAsync(_ann))[0].Id;
        var message = await Get<MessageService>().PostAsync(_ann, room, "hello @Bob");
        var before = message.SentAt.AddHours(-2);
        await db.Messages.ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, before));
        await Get<DigestSender>().RoundAsync(CancellationToken.None);
        var links = Assert.Single(await _receiver.ReceivesAsync()).Links.Select(l => new Uri(l)).ToList();
        Assert.All(links, l => Assert.Equal("https://chat.example.com", l.GetLeftPart(UriPartial.Authority)));
        Assert.Equal($"/rooms/{room}/{message.Id}", links[0].PathAndQuery);
        _message = links[0];
        _unsubscribe = links.Single(l => l.AbsolutePath == "/account/unsubscribe");
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Message_OpensForItsReader()
    {
        using var visitor = _site.Visit();
        Assert.Equal(HttpStatusCode.Redirect, await visitor.GetAsync(_message.PathAndQuery));
        Assert.Equal($"/account/login?returnUrl={Uri.EscapeDataString(_message.PathAndQuery)}", visitor.Location);
        await visitor.SubmitAsync(visitor.Location!, "login", ("Input.Email", "bob@example.com"), ("Input.Password", AccountsHost.Password));
        Assert.Equal(_message.PathAndQuery, visitor.Location);
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync(visitor.Location!));

        // And there they choose after how long.
        await visitor.SubmitAsync("/account/notifications", "choices", ("Input.DefaultLevel", "Everything"), ("Input.TimeZone", "UTC"), ("Input.EmailAfter", "240"));
        Assert.Equal(240, await DelayAsync());
    }

    [Fact]
    public async Task Unsubscribe_ByThePage_SignedOut_TakesAButton()
    {
        using var visitor = _site.Visit();
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync(_unsubscribe.PathAndQuery));
        Assert.Equal(60, await DelayAsync());
        var action = WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(visitor.Page, "<form[^>]*action=\"([^\"]+)\"").Groups[1].Value);
        Assert.StartsWith(_unsubscribe.PathAndQuery, Uri.UnescapeDataString(action), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.PostAsync(action, form: null));
        Assert.Equal("/account/unsubscribe?status=unsubscribed", visitor.Location);
        await visitor.GetAsync(visitor.Location!);
        Assert.Contains("You get no more e-mails about unread messages.", visitor.Page, StringComparison.Ordinal);
        Assert.Null(await DelayAsync());
    }

    [Fact]
    public async Task Unsubscribe_ByTheMailProgram_TakesNeitherCookiesNorAPage()
    {
        using var program = _site.Visit();
        var answer = await program.SendAsync(new HttpRequestMessage(HttpMethod.Post, _unsubscribe.PathAndQuery)
        {
            Content = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]),
        });
        Assert.Equal(HttpStatusCode.OK, answer);
        Assert.Empty(program.Cookies);
        Assert.Null(await DelayAsync());
        Assert.Equal(60, (await Get<NotificationService>().GetAsync(_ann)).EmailAfterMinutes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?token=")]
    [InlineData("?token=nonsense")]
    [InlineData("?token=%F0%28%8C%BC&page=true")]
    public async Task Unsubscribe_ByABadLink_SaysSo_AndChangesNothing(string query)
    {
        using var visitor = _site.Visit();
        Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync("/account/unsubscribe" + query));
        Assert.Contains("This link is not valid.", visitor.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", visitor.Page, StringComparison.Ordinal);
        var answer = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/account/unsubscribe" + query));
        Assert.Equal(query.EndsWith("page=true", StringComparison.Ordinal) ? HttpStatusCode.Redirect : HttpStatusCode.BadRequest, answer);
        Assert.Equal(60, await DelayAsync());
    }

    private async Task<int?> DelayAsync() => (await Get<NotificationService>().GetAsync(_bob)).EmailAfterMinutes;

    private async Task<Actor> SignInAsync(AppUser user) => new(user.Id, await Get<SessionRegistry>().StartAsync(user.Id, "a test"));

    private T Get<T>()
        where T : notnull => _site.Services.GetRequiredService<T>();
}
