namespace BlazorChat.Operations;

/// <summary>Registers what operators need.</summary>
public static class OperationsSetup
{
    /// <summary>Adds the web's security, and compression of what the server makes.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration) => services
        .AddWebSecurity(configuration)
        .AddResponseCompression(options =>
        {
            // Styles and scripts that did not come compressed. Never pages: they hold secrets beside what others wrote (BREACH).
            options.EnableForHttps = true;
            options.MimeTypes = ["text/css", "text/javascript"];
        })
        .AddSingleton<Seeder>()
        .AddSingleton<Backup>();

    /// <summary>Maps health and, where enabled, diagnostics.</summary>
    public static void MapOperations(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealth();
        endpoints.MapDiagnostics();
    }
}
