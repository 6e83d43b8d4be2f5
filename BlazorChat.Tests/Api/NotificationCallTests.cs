using System.Net;
using BlazorChat.Accounts.Tokens;

namespace BlazorChat.Tests.Api;

/// <summary>What a client can choose to be told of.</summary>
public sealed class NotificationCallTests(ApiSite site) : ApiTest(site)
{
    [Fact]
    public async Task Account_IsChosen_AndAnsweredAsItWas()
    {
        using var member = await Site.JoinAsync("Bob");
        var tokens = (await member.PostAsync("/api/auth/login", new { email = ApiSite.EmailOf(member.Name), password = ApiSite.Password })).Ok();
        using var bob = new ApiClient(Site.Address, tokens.GetProperty("accessToken").GetString(), member.Actor, member.Name);
        var before = (await bob.GetAsync("/api/notifications")).Ok();
        Assert.Equal(["defaultLevel", "quietFrom", "quietUntil", "timeZone", "showsText", "emailAfterMinutes"], Names(before));
        Assert.Equal("everything", before.GetProperty("defaultLevel").GetString());

        var wanted = new { defaultLevel = "mentions", quietFrom = "22:00", quietUntil = "07:30", timeZone = "Asia/Kolkata", showsText = false, emailAfterMinutes = 240 };
        (await bob.PutAsync("/api/notifications", wanted)).NoContent();
        var after = (await bob.GetAsync("/api/notifications")).Ok();
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(wanted), System.Text.Json.JsonSerializer.Serialize(after));

        foreach (var bad in (object[])
        [
            new { defaultLevel = "loud" }, new { defaultLevel = (string?)null }, new { defaultLevel = "nothing", quietFrom = "22:00" },
            new { defaultLevel = "nothing", quietFrom = "25:00", quietUntil = "07:00" }, new { defaultLevel = "nothing", timeZone = "Middle/Earth" },
            new { defaultLevel = "nothing", emailAfterMinutes = 7 },
        ])
        {
            (await bob.PutAsync("/api/notifications", bad)).Problem(HttpStatusCode.BadRequest);
        }
    }

    private static IEnumerable<string> Names(System.Text.Json.JsonElement body) => body.EnumerateObject().Select(p => p.Name);

    [Fact]
    public async Task Room_IsChosen_ByItsMembersOnly()
    {
        using var eve = await Site.JoinAsync("Eve");
        using var bob = await Site.JoinAsync("Bob");
        var path = $"/api/rooms/{await Site.PrivateRoomAsync(eve)}/notifications";
        var until = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(2);
        Assert.Equal(["level", "mutedUntil", "effectiveLevel"], Names((await eve.GetAsync(path)).Ok()));
        (await eve.PutAsync(path, new { level = "nothing", mutedUntil = until })).NoContent();
        var chosen = (await eve.GetAsync(path)).Ok();
        Assert.Equal(("nothing", "nothing", until),
            (chosen.GetProperty("level").GetString(), chosen.GetProperty("effectiveLevel").GetString(), chosen.GetProperty("mutedUntil").GetDateTime()));
        (await eve.PutAsync(path, new { })).NoContent();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await eve.GetAsync(path)).Ok().GetProperty("level").ValueKind);
        (await eve.PutAsync(path, new { level = "loud" })).Problem(HttpStatusCode.BadRequest);

        (await bob.GetAsync(path)).Problem(HttpStatusCode.NotFound);
        (await bob.PutAsync(path, new { level = "nothing" })).Problem(HttpStatusCode.NotFound);
        using var reader = await Site.ClientAsync(eve.Actor, Scope.Read, eve.Name);
        (await reader.PutAsync(path, new { level = "nothing" })).Problem(HttpStatusCode.Forbidden);
    }
}
