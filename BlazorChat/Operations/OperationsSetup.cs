namespace BlazorChat.Operations;

/// <summary>Registers what operators need.</summary>
public static class OperationsSetup
{
    /// <summary>Adds the web's security, seeding and backup.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration) => services
        .AddWebSecurity(configuration)
        .AddSingleton<Seeder>()
        .AddSingleton<Backup>()
        .AddHostedService<Retention>();

    /// <summary>Maps health and, where enabled, diagnostics.</summary>
    public static void MapOperations(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealth();
        endpoints.MapDiagnostics();
    }
}
