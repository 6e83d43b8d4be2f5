using BlazorChat.Accounts;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Rooms;
using BlazorChat.Components.Shared;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Bunit;

namespace BlazorChat.Tests.Components;

public sealed class LiveComponentTests
{
    [Fact]
    public async Task RoomSidebar_MessagesArrive_CountsAtOnceAndThenOnceASecond()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await using var tab = new Tab(host, bob);
        var sidebar = await SidebarAsync(host, tab, bob);
        Assert.Equal("", Unread(sidebar, host.General));

        await host.Messages.PostAsync(host.Ann, host.General, "1");
        await sidebar.WaitForAssertionAsync(() => Assert.Equal("1", Unread(sidebar, host.General)));
        var renders = sidebar.RenderCount;
        for (var i = 2; i <= 200; i++)
        {
            await host.Messages.PostAsync(host.Ann, host.General, $"{i}");
        }

        Assert.Equal((renders, "1"), (sidebar.RenderCount, Unread(sidebar, host.General)));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await sidebar.WaitForAssertionAsync(() => Assert.Equal("99+", Unread(sidebar, host.General)));
        Assert.Equal(renders + 1, sidebar.RenderCount);
    }

    [Fact]
    public async Task RoomSidebar_ReadElsewhereThenSetBack_FollowsThePointer()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var other = await host.PrivateAsync(host.Ann, bob);
        await host.Messages.PostAsync(host.Ann, host.General, "1");
        await host.Messages.PostAsync(host.Ann, host.General, "2");
        await using var tab = new Tab(host, bob);
        var sidebar = await SidebarAsync(host, tab, bob);
        Assert.Equal("2", Unread(sidebar, host.General));

        var phone = await host.SignInAsync(bob.UserId);
        await host.Pointers.AdvanceAsync(phone, host.General, 2);
        await sidebar.WaitForAssertionAsync(() => Assert.Equal("", Unread(sidebar, host.General)));

        // An older tab that tells late how far it had read makes nothing unread again.
        await host.Pointers.StoreAsync();
        await host.Pointers.AdvanceAsync(phone, host.General, 1);
        await host.Messages.PostAsync(host.Ann, other, "heard after that");
        await sidebar.WaitForAssertionAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(("", "1"), (Unread(sidebar, host.General), Unread(sidebar, other)));
        });

        await host.Pointers.SetBackAsync(phone, host.General, 2);
        await sidebar.WaitForAssertionAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("1", Unread(sidebar, host.General));
        });
    }

    [Fact]
    public async Task RoomSidebar_AddedAndRemoved_RoomsComeAndGo()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await using var tab = new Tab(host, bob);
        var sidebar = await SidebarAsync(host, tab, bob);

        var id = await host.PrivateAsync(host.Ann, bob);
        await sidebar.WaitForAssertionAsync(() => Assert.NotNull(sidebar.Find($"[data-room-id='{id}']")));
        await Wait.Until(() => host.Chat.IsFollowed(Topic.Room(id)));
        await host.Memberships.RemoveAsync(host.Ann, id, bob.UserId);
        await sidebar.WaitForAssertionAsync(() => Assert.Empty(sidebar.FindAll($"[data-room-id='{id}']")));
        Assert.False(host.Chat.IsFollowed(Topic.Room(id)));
    }

    [Fact]
    public async Task RoomSidebar_Disposed_FollowsNothing()
    {
        await using var host = await ChatHost.StartAsync();
        await using (var tab = new Tab(host, host.Ann))
        {
            await SidebarAsync(host, tab, host.Ann);
            Assert.True(host.Chat.IsFollowed(Topic.Room(host.General)));
        }

        Assert.False(host.Chat.IsFollowed(Topic.Room(host.General)));
        Assert.False(host.Chat.IsFollowed(Topic.Everyone));
    }

    [Fact]
    public async Task TypingIndicator_Signs_NameOthersAndExpire()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        await using var tab = new Tab(host, bob);
        var typing = tab.Render<TypingIndicator>(p => p.Add(t => t.RoomId, host.General));
        await Wait.Until(() => host.Chat.IsFollowed(Topic.RoomSigns(host.General)));

        host.Chat.Raise(new Typing(host.General, bob.UserId, "Bob"));
        host.Chat.Raise(new Typing(host.General, 77, "Cem"));
        await typing.WaitForAssertionAsync(() => Assert.Contains("Cem is typing", typing.Markup, StringComparison.Ordinal));
        host.Chat.Raise(new Typing(host.General, 78, "Ana"));
        await typing.WaitForAssertionAsync(() => Assert.Contains("Ana and Cem are typing", typing.Markup, StringComparison.Ordinal));

        await typing.InvokeAsync(() => tab.Circuit.NoteMessage(78));
        await typing.WaitForAssertionAsync(() => Assert.Contains("Cem is typing", typing.Markup, StringComparison.Ordinal));
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await typing.WaitForAssertionAsync(() => Assert.DoesNotContain("typing</span>", typing.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TypingIndicator_NotAMember_FollowsNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var bob = await host.AddAsync("Bob");
        var id = await host.PrivateAsync(host.Ann);
        await using var tab = new Tab(host, bob);
        tab.Render<TypingIndicator>(p => p.Add(t => t.RoomId, id));
        await Wait.Until(() => tab.Notices.Current is not null);
        Assert.False(host.Chat.IsFollowed(Topic.RoomSigns(id)));
    }

    [Fact]
    public async Task NoticeLine_ShownAndDismissed_SaysItAsText()
    {
        await using var host = await ChatHost.StartAsync();
        await using var tab = new Tab(host, host.Ann);
        var line = tab.Render<NoticeLine>();
        Assert.Equal("", line.Markup.Trim());

        tab.Notices.Show("<b>No</b>");
        await line.WaitForAssertionAsync(() => Assert.Equal("<b>No</b>", line.Find("[role=alert] span").TextContent));
        await line.Find("button").ClickAsync(new());
        Assert.Equal("", line.Markup.Trim());
    }

    private static async Task<IRenderedComponent<RoomSidebar>> SidebarAsync(ChatHost host, Tab tab, Actor actor)
    {
        var me = await host.Get<PeopleDirectory>().GetAsync(actor.UserId);
        var sidebar = tab.Render<RoomSidebar>(p => p.Add(s => s.Me, me));
        await sidebar.WaitForAssertionAsync(() => Assert.NotNull(sidebar.Find($"[data-room-id='{host.General}']")));
        await Wait.Until(() => host.Chat.IsFollowed(Topic.Room(host.General)));
        return sidebar;
    }

    private static string Unread(IRenderedComponent<RoomSidebar> sidebar, long roomId) =>
        sidebar.Find($"[data-room-id='{roomId}']").QuerySelector("[data-testid=unread-count]")?.TextContent ?? "";
}
