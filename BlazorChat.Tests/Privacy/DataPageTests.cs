using System.IO.Compression;
using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Tests.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Privacy;

/// <summary>The page by which people take their data with them and delete their account, without scripts.</summary>
public sealed class DataPageTests
{
    [Fact]
    public async Task Page_ExportAndDelete_DoWhatTheySay()
    {
        await using var site = await Site.StartAsync();
        await site.Services.GetRequiredService<SetupService>().CompleteAsync("Harbour", "Ann", "ann@example.com", ChatHost.Password);
        var ann = await SignedInAsync(site, "ann@example.com");
        var actor = new Actor(1, await site.Services.GetRequiredService<SessionRegistry>().StartAsync(1, "a test"));
        var invite = await site.Services.GetRequiredService<InviteService>().CreateAsync(actor, 1, 1);
        await site.Services.GetRequiredService<RegistrationService>().RegisterAsync("Bea", "bea@example.com", ChatHost.Password, invite.Code);
        using var bea = await SignedInAsync(site, "bea@example.com");

        Assert.Equal(HttpStatusCode.OK, await bea.GetAsync("/account/export"));
        Assert.Equal("application/zip", bea.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("attachment", bea.Answer.Content.Headers.ContentDisposition?.ToString(), StringComparison.Ordinal);
        using (var archive = new ZipArchive(new MemoryStream(await bea.Answer.Content.ReadAsByteArrayAsync())))
        {
            Assert.NotNull(archive.GetEntry("profile.json"));
        }

        await bea.GetAsync("/account/export");
        await bea.GetAsync("/account/export");
        Assert.Equal(HttpStatusCode.Redirect, await bea.GetAsync("/account/export"));
        await bea.GetAsync(bea.Location!);
        Assert.Contains("several times", bea.Page, StringComparison.Ordinal);

        await bea.SubmitAsync("/account/data", "delete-account", ("Input.Messages", "keep"), ("Input.Name", "Somebody"), ("Input.CurrentPassword", ChatHost.Password));
        Assert.Contains("Type your name as it is: Bea", bea.Page, StringComparison.Ordinal);
        await bea.SubmitAsync("/account/data", "delete-account", ("Input.Messages", "keep"), ("Input.Name", "Bea"), ("Input.CurrentPassword", "wrong"));
        Assert.Contains("not your current password", bea.Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await bea.SubmitAsync(
            "/account/data", "delete-account", ("Input.Messages", "keep"), ("Input.Name", "Bea"), ("Input.CurrentPassword", ChatHost.Password)));
        Assert.Equal("/account/login?status=deleted", bea.Location);
        await bea.GetAsync(bea.Location!);
        Assert.Contains("Your account is deleted.", bea.Page, StringComparison.Ordinal);
        await bea.SubmitAsync("/account/login", "login", ("Input.Email", "bea@example.com"), ("Input.Password", ChatHost.Password));
        await bea.GetAsync("/account/data");
        Assert.StartsWith("/account/login", bea.Location, StringComparison.Ordinal);

        await ann.SubmitAsync("/account/data", "delete-account", ("Input.Messages", "remove"), ("Input.Name", "Ann"), ("Input.CurrentPassword", ChatHost.Password));
        Assert.Contains("last owner", ann.Page, StringComparison.Ordinal);
        ann.Dispose();
    }

    private static async Task<SiteVisitor> SignedInAsync(Site site, string email)
    {
        var visitor = site.Visit();
        await visitor.SubmitAsync("/account/login", "login", ("Input.Email", email), ("Input.Password", ChatHost.Password));
        return visitor;
    }
}
