using BlazorChat.Accounts;
using BlazorChat.Api;
using BlazorChat.Bots;
using BlazorChat.Components;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Notifications;
using BlazorChat.Operations;
using BlazorChat.Outbound;
using BlazorChat.Privacy;
using BlazorChat.Rooms;

namespace BlazorChat;

/// <summary>Composition: what the process is made of, and in which order a request passes through it.</summary>
public sealed class Program
{
    private Program()
    {
    }

    /// <summary>Runs the server, or the command that the first argument names.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (CommandLine.Handles(args))
        {
            return await CommandLine.RunAsync(args);
        }

        var app = Build(args);
        await app.Services.PrepareDataAsync();
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the application without starting it.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if (builder.Environment.IsDevelopment() && string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            // Not in the launch profile, whose address would win over ASPNETCORE_URLS.
            builder.WebHost.UseUrls("http://localhost:5080");
        }

        builder.Services
            .AddLive()
            .AddData(builder.Configuration)
            .AddMail(builder.Configuration)
            .AddAccounts(builder.Configuration)
            .AddRooms()
            .AddMessages()
            .AddOutbound(builder.Configuration)
            .AddNotifications(builder.Configuration)
            .AddBots()
            .AddModeration()
            .AddPrivacy()
            .AddApi()
            .AddComponents()
            .AddOperations(builder.Configuration);

        var app = builder.Build();
        app.UseWebSecurity();
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseApiProblems();
        app.UseSetupRedirect();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseBlockedNetworks();
        app.UseAntiforgery();
        app.UseStaleForms();

        app.MapStaticAssets();
        app.MapOperations();
        app.MapAccounts();
        app.MapNotifications();
        app.MapModeration();
        app.MapPrivacy();
        app.MapApi();
        app.MapComponents();
        return app;
    }
}
