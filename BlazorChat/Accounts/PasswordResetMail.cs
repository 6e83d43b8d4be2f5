using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>
/// Sends links for new passwords to those who asked. The wish waits in the database, so that neither a restart nor a mail server
/// that is away loses it; the link is made when it is sent, and stored nowhere.
/// </summary>
public sealed class PasswordResetMail(
    IDbContextFactory<ChatDbContext> contexts, IServiceScopeFactory scopes, IEmailSender sender, EmailLinks links, CommunityService community,
    TimeProvider time, ILogger<PasswordResetMail> logger) : BackgroundService
{
    /// <summary>After this time a link is of no use to anybody.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(1);

    /// <summary>Between attempts; the last one repeats.</summary>
    public static readonly TimeSpan[] Delays =
        [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2)];

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Alarm _alarm = new(time);

    /// <summary>Says that somebody asked.</summary>
    internal void Wake() => _alarm.Ring();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!links.AreOn)
        {
            return;
        }

        try
        {
            while (true)
            {
                await _alarm.WaitAsync(await TrySendAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<DateTimeOffset?> TrySendAsync(CancellationToken stopping)
    {
        try
        {
            return await SendDueAsync(stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning(exception, "Requests for new passwords could not be looked up; trying again.");
            return time.GetUtcNow() + Pause;
        }
    }

    /// <summary>Sends what is due; returns when the next attempt is.</summary>
    private async Task<DateTimeOffset?> SendDueAsync(CancellationToken stopping)
    {
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var now = time.GetUtcNow();
        var due = await db.PasswordResetRequests.AsNoTracking().Where(r => r.NextAttemptAt <= now).OrderBy(r => r.NextAttemptAt).ToListAsync(stopping);
        foreach (var request in due)
        {
            var mine = db.PasswordResetRequests.Where(r => r.UserId == request.UserId && r.RequestedAt == request.RequestedAt);
            if (await AttemptAsync(db, request, stopping))
            {
                await mine.ExecuteDeleteAsync(CancellationToken.None);
            }
            else
            {
                var next = time.GetUtcNow() + Delays[Math.Min(request.Attempts, Delays.Length - 1)];
                await mine.ExecuteUpdateAsync(
                    set => set.SetProperty(r => r.Attempts, r => r.Attempts + 1).SetProperty(r => r.NextAttemptAt, next), CancellationToken.None);
            }
        }

        return await db.PasswordResetRequests.MinAsync(r => (DateTimeOffset?)r.NextAttemptAt, stopping);
    }

    /// <summary>Sends one; returns whether that is the end of it, in whichever way.</summary>
    private async Task<bool> AttemptAsync(ChatDbContext db, PasswordResetRequest request, CancellationToken stopping)
    {
        if (time.GetUtcNow() - request.RequestedAt > GivesUpAfter)
        {
            logger.LogWarning("User {UserId} asked for a new password by e-mail, which could not be sent for a day; giving up.", request.UserId);
            return true;
        }

        if (!await db.Users.WhereActive(time.GetUtcNow()).AnyAsync(u => u.Id == request.UserId && !u.IsBot && u.Email != null, stopping))
        {
            return true;
        }

        try
        {
            await sender.SendAsync(await ComposeAsync(request), stopping);
            return true;
        }
        catch (EmailFailedException failed)
        {
            logger.LogWarning("A link for a new password could not be sent to user {UserId}: {Reason}", request.UserId, failed.Message);
            return failed.IsFinal;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            // One that cannot be sent at all must not hold up those behind it.
            logger.LogWarning(exception, "A link for a new password for user {UserId} failed.", request.UserId);
            return false;
        }
    }

    private async Task<Email> ComposeAsync(PasswordResetRequest request)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByIdAsync($"{request.UserId}"))!;
        var site = (await community.GetAsync()).Name;
        var content = new EmailContent(site)
            .Title("Set a new password")
            .Line($"Hello {user.Name}, somebody asked for a new password for your account at {site}.")
            .Button("Set a new password", links.To(await PasswordResetService.LinkAsync(users, user)))
            .Quiet($"The link works once, for {PasswordResetService.LinkLifetime.TotalHours:0} hours.")
            .Footer("If that was not you, do nothing: your password stays as it is.");

        // The same for each attempt, so that one whose success was not seen shows once in the mailbox.
        return new Email(
            user.Name, user.Email!, $"Set a new password for {site}", content.Text, content.Html,
            $"password-{user.Id}-{request.RequestedAt.ToUnixTimeMilliseconds()}");
    }
}
