using System.Text;
using BlazorChat.Accounts;
using BlazorChat.Bots;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorChat.Api;

/// <summary>The addresses of incoming webhooks. Whoever knows one may post: it is the secret.</summary>
public static class HookEndpoints
{
    /// <summary>Most bytes of a payload: a longest message, escaped, with room for what is ignored.</summary>
    public const int MaxBytes = 128 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Maps <c>POST /api/hooks/{secret}</c>; the secret itself is not in the path any more when it is matched.</summary>
    public static void MapHooks(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/api/hooks/{secret}", PostAsync).AllowAnonymous().WithTags("Webhooks").WithSummary("Posts into a webhook's room")
            .Accepts<object>("application/json", "text/plain", "application/x-www-form-urlencoded").Produces<string>(contentType: "text/plain");

    private static async Task<IResult> PostAsync(HttpRequest request, IncomingWebhooks webhooks)
    {
        if (await ReadAsync(request) is not { } body)
        {
            return Results.Problem($"A payload has at most {MaxBytes / 1024} KiB.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        await webhooks.PostAsync(AddressSecrets.Of(request.HttpContext) ?? "", Parse(request.ContentType, body));
        return Results.Text("ok");
    }

    /// <summary>The whole body; <see langword="null"/> where it is too large.</summary>
    private static async Task<string?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxBytes)
        {
            return null;
        }

        var buffer = new byte[(int)(request.ContentLength ?? MaxBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (length > MaxBytes)
        {
            return null;
        }

        try
        {
            return Utf8.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw RefusedException.Invalid("The body is not UTF-8.");
        }
    }

    private static HookPayload Parse(string? contentType, string body)
    {
        var type = contentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        if (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal))
        {
            return HookPayload.Parse(body);
        }

        if (type == "application/x-www-form-urlencoded")
        {
            var form = QueryHelpers.ParseQuery(body);
            if (form.TryGetValue("payload", out var payload))
            {
                return HookPayload.Parse(payload.ToString());
            }

            if (form.TryGetValue("text", out var text))
            {
                return new HookPayload(text.ToString(), HookPayload.AliasOf(form.GetValueOrDefault("username"), form.GetValueOrDefault("icon_emoji")));
            }
        }

        // Also what curl sends with -d alone: a form by its type, and a text by what is in it.
        return new HookPayload(body);
    }
}
