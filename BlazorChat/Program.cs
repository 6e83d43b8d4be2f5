using BlazorChat.Accounts;
using BlazorChat.Components;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Operations;
using BlazorChat.Rooms;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services
    .AddLive()
    .AddData(builder.Configuration)
    .AddAccounts(builder.Configuration)
    .AddRooms()
    .AddMessages()
    .AddComponents()
    .AddWebSecurity(builder.Configuration);

var app = builder.Build();
await app.Services.PrepareDataAsync();

app.UseWebSecurity();
app.UseStatusCodePagesWithReExecute("/not-found");
app.UseSetupRedirect();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();

app.MapStaticAssets();
app.MapHealth();
app.MapDiagnostics();
app.MapAccounts();
app.MapComponents();

await app.RunAsync();
