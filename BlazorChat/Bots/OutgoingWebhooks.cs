using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Messages;
using BlazorChat.Outbound;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Bots;

/// <summary>A bot's outgoing webhook as administrators see it.</summary>
public sealed record OutgoingWebhookView(long Id, string Url, DateTimeOffset CreatedAt);

/// <summary>Where bots are told of messages; administrators decide.</summary>
public sealed class OutgoingWebhooks(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, SessionRegistry sessions, BotAccounts accounts,
    OutboundNetworks networks, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Prefix of the secrets that requests are signed with.</summary>
    public const string SecretPrefix = "bcs_";

    private readonly IDataProtector _protector = protection.CreateProtector("BlazorChat.Bots.OutgoingWebhooks.Secret");
    private volatile bool _any;

    /// <summary>Whether there is one at all: without, nobody follows the log of messages.</summary>
    internal bool Any => _any;

    /// <summary>The first was made, or the last removed.</summary>
    internal event Action? AnyChanged;

    /// <summary>A bot's webhook, where it has one.</summary>
    public async Task<OutgoingWebhookView?> FindAsync(Actor actor, long botId)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        await using var db = await contexts.CreateDbContextAsync();
        return await db.OutgoingWebhooks.Where(w => w.BotId == botId)
            .Select(w => new OutgoingWebhookView(w.Id, w.Url, w.CreatedAt)).SingleOrDefaultAsync();
    }

    /// <summary>Sets where a bot is told of messages, from now on.</summary>
    /// <returns>The secret of a new webhook, to be shown once; <see langword="null"/> where only the address changed.</returns>
    /// <exception cref="RefusedException">No address that may be asked, or no active bot.</exception>
    public async Task<string?> SetAsync(Actor actor, long botId, string? url)
    {
        var address = Parse(url);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ManageBots);
        var bot = await db.Users.WhereNotEnded().SingleOrDefaultAsync(u => u.Id == botId && u.IsBot) ?? throw RefusedException.NotFound("This bot");
        string? secret = null;
        if (await db.OutgoingWebhooks.SingleOrDefaultAsync(w => w.BotId == botId) is { } existing)
        {
            await accounts.NoteChangeAsync(db, actor, bot, HostOf(existing.Url), HostOf(address));
            existing.Url = address;
        }
        else
        {
            secret = TokenSecret.Create(SecretPrefix);
            await accounts.NoteChangeAsync(db, actor, bot, null, HostOf(address));
            await AddAsync(db, actor, botId, address, secret);
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Note(any: true);
        return secret;
    }

    /// <summary>Signs with a new secret from the next request on.</summary>
    /// <returns>The secret, to be shown once.</returns>
    public async Task<string> RotateSecretAsync(Actor actor, long botId)
    {
        var secret = TokenSecret.Create(SecretPrefix);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.ManageBots);
        var webhook = await db.OutgoingWebhooks.SingleOrDefaultAsync(w => w.BotId == botId) ?? throw RefusedException.NotFound("This webhook");
        webhook.Secret = _protector.Protect(secret);
        await accounts.NoteChangeAsync(db, actor, await db.Users.SingleAsync(u => u.Id == botId), HostOf(webhook.Url), $"{HostOf(webhook.Url)}, with a new secret");
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return secret;
    }

    /// <summary>Tells a bot of nothing any more; what was on its way is dropped, and its delivery log with it.</summary>
    public async Task RemoveAsync(Actor actor, long botId)
    {
        await gate.RequireAsync(actor, Right.ManageBots);
        await RemoveOfAsync(botId, (db, webhook) => NoteRemovalAsync(db, actor, webhook));
    }

    /// <summary>The same, for services that have checked the right to.</summary>
    internal async Task RemoveOfAsync(long botId, Func<ChatDbContext, OutgoingWebhook, Task>? note = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            if (await db.OutgoingWebhooks.SingleOrDefaultAsync(w => w.BotId == botId) is not { } webhook)
            {
                return;
            }

            await db.WebhookDeliveries.Where(d => d.WebhookId == webhook.Id).ExecuteDeleteAsync();
            db.OutgoingWebhooks.Remove(webhook);
            await (note?.Invoke(db, webhook) ?? Task.CompletedTask);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            await sessions.EndAsync(webhook.BotId, webhook.SessionId);
        }

        await LookAsync();
    }

    /// <summary>Looks whether there is one.</summary>
    internal async Task LookAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        Note(await db.OutgoingWebhooks.AnyAsync());
    }

    /// <summary>The secret as it was shown.</summary>
    internal string SecretOf(OutgoingWebhook webhook) => _protector.Unprotect(webhook.Secret);

    private async Task AddAsync(ChatDbContext db, Actor actor, long botId, string address, string secret)
    {
        if (!await db.OutgoingWebhooks.AnyAsync())
        {
            // Nobody has followed the log meanwhile: what was said before is not for this webhook.
            await db.LogCursors.Where(c => c.Name == WebhookLog.CursorName).ExecuteDeleteAsync();
            var last = await db.Messages.MaxAsync(m => (long?)m.Id) ?? 0;
            db.LogCursors.Add(new LogCursor { Name = WebhookLog.CursorName, MessageId = last });
        }

        var session = accounts.SessionFor(botId, "Outgoing webhook", roomId: null);
        db.Sessions.Add(session);
        db.OutgoingWebhooks.Add(new OutgoingWebhook
        {
            BotId = botId,
            SessionId = session.Id,
            Url = address,
            Secret = _protector.Protect(secret),
            CreatedById = actor.UserId,
            CreatedAt = time.GetUtcNow(),
        });
    }

    private async Task NoteRemovalAsync(ChatDbContext db, Actor actor, OutgoingWebhook webhook) =>
        await accounts.NoteChangeAsync(db, actor, await db.Users.SingleAsync(u => u.Id == webhook.BotId), HostOf(webhook.Url), null);

    // Not the whole address: its path or query may be a secret of the receiver's.
    private static string HostOf(string url) => $"Webhook: {new Uri(url).Host}";

    private void Note(bool any)
    {
        if (_any != any)
        {
            _any = any;
            AnyChanged?.Invoke();
        }
    }

    private string Parse(string? url)
    {
        url = url?.Trim() ?? "";
        if (url.Length > OutgoingWebhook.MaxUrlLength
            || !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.UserInfo.Length > 0)
        {
            throw RefusedException.Invalid("This is no address such as https://example.com/hook, without a user name in it.", "Url");
        }

        // Names are looked up when a request is made; what cannot work is better said now.
        if (System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && !networks.Allows(literal))
        {
            throw RefusedException.Invalid(
                "This address is on a private network. The operator can allow it in the setting Outbound:AllowedNetworks.", "Url");
        }

        return address.AbsoluteUri;
    }
}
