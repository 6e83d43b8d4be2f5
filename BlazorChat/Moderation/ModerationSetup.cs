using BlazorChat.Moderation.History;
using BlazorChat.Moderation.Overview;

namespace BlazorChat.Moderation;

/// <summary>Wires up moderation.</summary>
public static class ModerationSetup
{
    /// <summary>Adds moderation. Needs <c>AddMessages</c> and <c>AddNotifications</c>.</summary>
    public static IServiceCollection AddModeration(this IServiceCollection services) => services
        .AddSingleton<PeopleList>()
        .AddSingleton<AuditQueries>()
        .AddSingleton<AuditExport>()
        .AddSingleton<Pulse>()
        .AddHostedService(provider => provider.GetRequiredService<Pulse>())
        .AddSingleton<OverviewService>()
        .AddSingleton<NetworkBans>()
        .AddHostedService(provider => provider.GetRequiredService<NetworkBans>())
        .AddSingleton<BanRemovals>()
        .AddHostedService(provider => provider.GetRequiredService<BanRemovals>())
        .AddSingleton<BanService>()
        .AddSingleton<BanAppeals>()
        .AddSingleton<BanQueries>()
        .AddSingleton<WordFilterService>()
        .AddHostedService(provider => provider.GetRequiredService<WordFilterService>())
        .AddSingleton<HeldMessages>()
        .AddSingleton<ReportService>()
        .AddSingleton<ReportQueries>()
        .AddSingleton<ReportReview>()
        .AddSingleton<CurrentAnnouncement>()
        .AddHostedService(provider => provider.GetRequiredService<CurrentAnnouncement>())
        .AddSingleton<Announcements>();

    /// <summary>Maps what moderation answers besides pages.</summary>
    public static void MapModeration(this IEndpointRouteBuilder endpoints) => endpoints.MapAudit();
}
