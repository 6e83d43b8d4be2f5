using BlazorChat.Accounts;

namespace BlazorChat.Privacy;

/// <summary>Wires up what people may do with all that is stored of them.</summary>
public static class PrivacySetup
{
    /// <summary>Adds export and deletion. Needs <c>AddModeration</c>.</summary>
    public static IServiceCollection AddPrivacy(this IServiceCollection services) => services
        .AddSingleton<PersonalData>()
        .AddSingleton<DataExport>()
        .AddSingleton<PersonalTraces>()
        .AddSingleton<MessageErasure>()
        .AddHostedService(provider => provider.GetRequiredService<MessageErasure>())
        .AddSingleton<AccountDeletion>();

    /// <summary>Maps the download of an export for browsers.</summary>
    public static void MapPrivacy(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/account/export", ExportAsync).RequireAuthorization();

    private static async Task ExportAsync(HttpContext context, DataExport export)
    {
        try
        {
            await export.AnswerAsync(context, context.User.ToActor() ?? throw RefusedException.SignedOut());
        }
        catch (RefusedException refused) when (!context.Response.HasStarted)
        {
            context.Response.Redirect(refused.Refusal == Refusal.TooMany ? "/account/data?status=export-limit" : "/account/login");
        }
    }
}
