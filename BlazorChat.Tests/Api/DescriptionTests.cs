using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Tests.Journeys;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Api;

/// <summary>The description of the API is whole, and its page runs nothing and asks nobody from elsewhere.</summary>
public sealed class DescriptionTests(Stage stage) : Journey(stage)
{
    // The contract's rows.
    private static readonly string[] Contract =
    [
        "POST /api/auth/login", "POST /api/auth/refresh", "GET /api/me", "GET /api/rooms", "POST /api/rooms", "POST /api/rooms/{id}/join", "POST /api/rooms/{id}/leave",
        "PUT /api/rooms/{id}/members/{userId}", "DELETE /api/rooms/{id}/members/{userId}", "GET /api/rooms/{id}/messages", "POST /api/rooms/{id}/messages",
        "PATCH /api/messages/{id}", "DELETE /api/messages/{id}", "POST /api/rooms/{id}/read", "GET /api/search",
        "GET /api/push/key", "POST /api/push/subscriptions", "DELETE /api/push/subscriptions",
    ];

    [Fact]
    public async Task OpenApi_DescribesEveryRowOfTheContract_WithItsAnswersAndWhoMay()
    {
        using var http = new HttpClient { BaseAddress = Community.Server.Address };
        using var response = await http.GetAsync("/openapi/v1.json");
        var answer = await ApiAnswer.ReadAsync(response);
        var document = answer.Ok();
        Assert.Equal("application/json", answer.MediaType);
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {path.Name.TrimEnd('/')}", Operation: o.Value)))
            .ToDictionary(o => o.Name, o => o.Operation);
        Assert.Empty(Contract.Except(operations.Keys));
        foreach (var (name, operation) in operations.Where(o => Contract.Contains(o.Key)))
        {
            Assert.NotEqual("", operation.GetProperty("summary").GetString());
            Assert.Equal(!name.Contains("/auth/", StringComparison.Ordinal), operation.TryGetProperty("security", out _));
            Assert.True(operation.GetProperty("responses").EnumerateObject().Any(r => r.Name is "200" or "201" or "204"), name);
        }

        // Every reference leads somewhere, and the paths are all that is described.
        foreach (Match reference in Regex.Matches(answer.Text, "\"\\$ref\": *\"#/([^\"]+)\""))
        {
            var target = document;
            foreach (var part in reference.Groups[1].Value.Split('/'))
            {
                Assert.True(target.TryGetProperty(part, out target), reference.Value);
            }
        }

        Assert.All(operations.Keys, name => Assert.StartsWith("/api/", name.Split(' ')[1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task DocsPage_ShowsTheCalls_WithoutErrorsOrRequestsElsewhere()
    {
        var guest = await Community.VisitAsync("Guest");

        // The page's script tries whether it may evaluate text, is told no, and goes on without.
        guest.Expects(p => p.EndsWith("CSP: script-src eval", StringComparison.Ordinal) || p.EndsWith("CSP: script-src eval ", StringComparison.Ordinal));
        List<string> elsewhere = [];
        guest.Context.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not ("data" or "blob") } url && url.Authority != Community.Server.Address.Authority)
            {
                elsewhere.Add(request.Url);
            }
        };
        await guest.Page.GotoAsync("/api/docs");
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "get /api/me" }).First).ToBeVisibleAsync();
        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Open Group - Rooms" }).ClickAsync();
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "Makes a room, or opens a direct conversation" }).First).ToBeVisibleAsync();
        await guest.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.Empty(elsewhere);
    }
}
