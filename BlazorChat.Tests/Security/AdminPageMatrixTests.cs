using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Tests.Accounts;

namespace BlazorChat.Tests.Security;

/// <summary>
/// The pages of the administration by every role: who has the right to one sees it, and anybody else a line that says whom it is for.
/// What is done on them is done by operations of the matrix.
/// </summary>
public sealed class AdminPageMatrixTests
{
    /// <summary>Every page, and the right that opens it.</summary>
    private static readonly Dictionary<string, Right> Pages = new()
    {
        ["/admin"] = Right.SeeCommunity,
        ["/admin/audit"] = Right.ReadAuditLog,
        ["/admin/people/{Id:long}"] = Right.SeeCommunity,
        ["/admin/roles"] = Right.SeeCommunity,
        ["/admin/rooms"] = Right.SeeCommunity,
        ["/admin/announcements"] = Right.Announce,
        ["/admin/bans"] = Right.Ban,
        ["/admin/bots"] = Right.ManageBots,
        ["/admin/filter"] = Right.FilterWords,
        ["/admin/held"] = Right.Review,
        ["/admin/invites"] = Right.Invite,
        ["/admin/people"] = Right.SeeCommunity,
        ["/admin/reports"] = Right.Review,
        ["/admin/settings"] = Right.ChangeSettings,
    };

    /// <summary>By the column of <see cref="World.Roles"/>; those who are members, however they stand to a room, are one.</summary>
    private static readonly Dictionary<int, Role> Visitors = new()
    {
        [2] = Role.Member, [4] = Role.Administrator, [5] = Role.Member, [8] = Role.Moderator, [10] = Role.Owner, [11] = Role.Guest,
    };

    [Fact]
    public async Task Page_ByEveryRole_IsOpenToThoseWithTheRight()
    {
        var world = await World.GetAsync();
        await using var site = await Site.StartAsync(world.Database, []);
        List<string> wrong = [];
        foreach (var (column, role) in Visitors)
        {
            using var visitor = site.Visit();
            await visitor.SubmitAsync("/account/login", "login", ("Input.Email", world.Emails[column]), ("Input.Password", ChatHost.Password));
            foreach (var (page, right) in Pages)
            {
                Assert.Equal(HttpStatusCode.OK, await visitor.GetAsync(page.Replace("{Id:long}", $"{world.Zoe}", StringComparison.Ordinal)));
                var isOpen = !visitor.Page.Contains("This page is for", StringComparison.Ordinal);
                if (isOpen != Policy.Allows(role, right))
                {
                    wrong.Add($"{page} by {World.Roles[column]}: {(isOpen ? "open" : "closed")}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Pages_EveryOne_IsListed() => Assert.Equal(
        SurfaceTests.Endpoints.Where(e => e.Contains(" GET POST /admin", StringComparison.Ordinal)).Select(e => e[(e.IndexOf('/', StringComparison.Ordinal))..])
            .Order(StringComparer.Ordinal),
        Pages.Keys.Order(StringComparer.Ordinal));
}
