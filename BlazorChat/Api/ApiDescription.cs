using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using NetEscapades.AspNetCore.SecurityHeaders;
using Scalar.AspNetCore;

namespace BlazorChat.Api;

/// <summary>Describes the API: OpenAPI for programs, and a page to browse it.</summary>
internal static class ApiDescription
{
    /// <summary>In the order in which somebody needs them who begins.</summary>
    private static readonly string[] Sections = ["Signing in", "Rooms", "Messages", "Notifications", "Moderation", "Webhooks"];

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "BlazorChat",
                Version = "v1",
                Description = "Rooms and messages for bots, phones and scripts. Live events come by SignalR at /hubs/chat; see the README.",
            };
            document.Servers = [];
            document.Tags = new HashSet<OpenApiTag>(Sections.Select(name => new OpenApiTag { Name = name }));
            document.AddComponent(TokenAuthentication.Bearer, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An access token from /api/auth/login, or a personal or bot token.",
            });
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<IAllowAnonymous>().Any())
            {
                return Task.CompletedTask;
            }

            operation.Security = [new() { [new OpenApiSecuritySchemeReference(TokenAuthentication.Bearer, context.Document)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi();
        endpoints.MapScalarApiReference("/api/docs", (options, context) =>
        {
            options.Title = "BlazorChat API";
            options.Nonce = context.GetNonce();
            // Nothing from elsewhere, and nothing to elsewhere.
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.Agent = new ScalarAgentOptions { Disabled = true };
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.HideClientButton = true;
            options.AddPreferredSecuritySchemes(TokenAuthentication.Bearer);
        });
    }
}
