using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Bots;
using BlazorChat.Filtering;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Notifications;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace BlazorChat.Data;

/// <summary>The database. One context an operation, from the pooled factory: never one for the life of a circuit.</summary>
public sealed class ChatDbContext(DbContextOptions<ChatDbContext> options)
    : IdentityUserContext<AppUser, long>(options)
{
    /// <summary>The community's settings, one row at the most.</summary>
    public DbSet<CommunitySettings> Community => Set<CommunitySettings>();

    /// <summary>Signed-in browsers and tokens, past and present.</summary>
    public DbSet<Session> Sessions => Set<Session>();

    /// <summary>Hashes of the secrets that stand for sessions.</summary>
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    /// <summary>Links that admit people.</summary>
    public DbSet<Invite> Invites => Set<Invite>();

    /// <summary>Places to talk.</summary>
    public DbSet<Room> Rooms => Set<Room>();

    /// <summary>Who is in which room.</summary>
    public DbSet<Membership> Memberships => Set<Membership>();

    /// <summary>What was said.</summary>
    public DbSet<Message> Messages => Set<Message>();

    /// <summary>Who was named in it.</summary>
    public DbSet<Mention> Mentions => Set<Mention>();

    /// <summary>How far each follower of the message log has come.</summary>
    public DbSet<LogCursor> LogCursors => Set<LogCursor>();

    /// <summary>Addresses that post into rooms.</summary>
    public DbSet<IncomingWebhook> IncomingWebhooks => Set<IncomingWebhook>();

    /// <summary>Where bots are told of messages.</summary>
    public DbSet<OutgoingWebhook> OutgoingWebhooks => Set<OutgoingWebhook>();

    /// <summary>Messages on their way to bots.</summary>
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>Who asked for a new password by e-mail.</summary>
    public DbSet<PasswordResetRequest> PasswordResetRequests => Set<PasswordResetRequest>();

    /// <summary>How people want to be notified.</summary>
    public DbSet<NotificationSettings> NotificationSettings => Set<NotificationSettings>();

    /// <summary>Browsers that let themselves be notified.</summary>
    public DbSet<PushSubscription> PushSubscriptions => Set<PushSubscription>();

    /// <summary>Notifications to try again.</summary>
    public DbSet<PushRetry> PushRetries => Set<PushRetry>();

    /// <summary>Messages that are to go out by e-mail.</summary>
    public DbSet<DigestItem> DigestItems => Set<DigestItem>();

    /// <summary>Who did what: lines are added and never changed.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>Who may not post, where and until when.</summary>
    public DbSet<Mute> Mutes => Set<Mute>();

    /// <summary>When people last posted in slowed rooms.</summary>
    public DbSet<SlowTurn> SlowTurns => Set<SlowTurn>();

    /// <summary>Who wants nothing of whom.</summary>
    public DbSet<Block> Blocks => Set<Block>();

    /// <summary>Messages that stay at hand.</summary>
    public DbSet<Pin> Pins => Set<Pin>();

    /// <summary>What moderators took away and can restore.</summary>
    public DbSet<RemovedMessage> RemovedMessages => Set<RemovedMessage>();

    /// <summary>Messages that wait for a moderator.</summary>
    public DbSet<HeldMessage> HeldMessages => Set<HeldMessage>();

    /// <summary>The word filter.</summary>
    public DbSet<FilterRule> FilterRules => Set<FilterRule>();

    /// <summary>Who is or was kept out.</summary>
    public DbSet<Ban> Bans => Set<Ban>();

    /// <summary>Messages that moderators were asked to look at.</summary>
    public DbSet<Report> Reports => Set<Report>();

    /// <summary>What everyone is or was told.</summary>
    public DbSet<Announcement> Announcements => Set<Announcement>();

    /// <summary>Who has seen enough of it.</summary>
    public DbSet<AnnouncementDismissal> AnnouncementDismissals => Set<AnnouncementDismissal>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        // Both databases order and compare 64-bit integers; SQLite cannot do so with DateTimeOffset.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<DateTimeOffsetToUnixMilliseconds>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);

        builder.Entity<AppUser>(user =>
        {
            user.ToTable("Users");
            user.Property(u => u.UserName).HasMaxLength(PersonName.MaxLength);
            user.Property(u => u.NormalizedUserName).HasMaxLength(PersonName.MaxLength);
            user.HasIndex(u => u.NormalizedEmail).IsUnique();

            // Lists of a hundred thousand people are sorted by these.
            user.HasIndex(u => u.Role);
            user.HasIndex(u => u.CreatedAt);
            user.HasIndex(u => u.LastSeenAt);
            user.HasIndex(u => u.BannedUntil);
        });
        builder.Entity<CommunitySettings>(community =>
        {
            community.ToTable("Community");
            community.Property(c => c.Id).ValueGeneratedNever();
            community.Property(c => c.Name).HasMaxLength(CommunitySettings.MaxNameLength);
        });
        builder.Entity<Session>(session =>
        {
            session.Property(s => s.Id).ValueGeneratedNever();
            session.HasIndex(s => s.UserId);
            session.HasIndex(s => s.Address);
            session.Property(s => s.Address).HasMaxLength(45);
            session.Property(s => s.Scopes).HasDefaultValue(Scope.All).HasSentinel(Scope.None);
            session.HasOne<AppUser>().WithMany().HasForeignKey(s => s.UserId);
        });
        builder.Entity<ApiToken>(token =>
        {
            token.HasIndex(t => t.Hash).IsUnique();
            token.HasIndex(t => t.SessionId);
            token.HasOne(t => t.Session).WithMany().HasForeignKey(t => t.SessionId);
        });
        builder.Entity<Invite>(invite => invite.HasIndex(i => i.Code).IsUnique());
        builder.Entity<Room>(room =>
        {
            room.Property(r => r.Name).HasMaxLength(Room.MaxNameLength);
            room.Property(r => r.Description).HasMaxLength(Room.MaxDescriptionLength);
            room.HasIndex(r => r.DirectKey).IsUnique();
        });
        builder.Entity<Membership>(membership =>
        {
            membership.HasKey(m => new { m.RoomId, m.UserId });
            membership.HasIndex(m => m.UserId);
            membership.HasOne(m => m.Room).WithMany().HasForeignKey(m => m.RoomId);
            membership.HasOne<AppUser>().WithMany().HasForeignKey(m => m.UserId);
        });
        builder.Entity<Message>(message =>
        {
            message.HasIndex(m => new { m.RoomId, m.Seq }).IsUnique();
            message.HasIndex(m => new { m.SenderId, m.ClientMessageId }).IsUnique();
            message.Property(m => m.ClientMessageId).HasMaxLength(Message.MaxClientIdLength);
            message.HasOne<Room>().WithMany().HasForeignKey(m => m.RoomId);
            message.HasOne<AppUser>().WithMany().HasForeignKey(m => m.SenderId);
            message.Property(m => m.Callout).HasDefaultValue(Callout.None);
        });
        builder.Entity<Mention>(mention =>
        {
            mention.HasKey(m => new { m.MessageId, m.UserId });
            mention.HasIndex(m => m.UserId);
            mention.HasOne<Message>().WithMany().HasForeignKey(m => m.MessageId);
        });
        builder.Entity<LogCursor>(cursor => cursor.HasKey(c => c.Name));
        builder.Entity<IncomingWebhook>(webhook =>
        {
            webhook.HasIndex(w => w.Hash).IsUnique();
            webhook.HasIndex(w => w.RoomId);
            webhook.HasOne<Room>().WithMany().HasForeignKey(w => w.RoomId);
            webhook.HasOne<AppUser>().WithMany().HasForeignKey(w => w.BotId);
        });
        builder.Entity<OutgoingWebhook>(webhook =>
        {
            webhook.HasIndex(w => w.BotId).IsUnique();
            webhook.Property(w => w.Url).HasMaxLength(OutgoingWebhook.MaxUrlLength);
            webhook.HasOne<AppUser>().WithMany().HasForeignKey(w => w.BotId);
        });
        builder.Entity<WebhookDelivery>(delivery =>
        {
            // One delivery a message and webhook, however often the log is read again after a crash.
            delivery.HasIndex(d => new { d.WebhookId, d.MessageId }).IsUnique();
            delivery.HasIndex(d => new { d.State, d.NextAttemptAt });
            delivery.Property(d => d.LastError).HasMaxLength(WebhookDelivery.MaxLogLength);
            delivery.HasOne<OutgoingWebhook>().WithMany().HasForeignKey(d => d.WebhookId);
            delivery.HasOne<Message>().WithMany().HasForeignKey(d => d.MessageId);
        });
        builder.Entity<PasswordResetRequest>(request =>
        {
            request.HasKey(r => r.UserId);
            request.Property(r => r.UserId).ValueGeneratedNever();
            request.HasOne<AppUser>().WithMany().HasForeignKey(r => r.UserId);
        });
        builder.Entity<NotificationSettings>(settings =>
        {
            settings.HasKey(s => s.UserId);
            settings.Property(s => s.UserId).ValueGeneratedNever();
            settings.Property(s => s.TimeZone).HasMaxLength(Notifications.NotificationSettings.MaxTimeZoneLength);
            settings.HasOne<AppUser>().WithMany().HasForeignKey(s => s.UserId);
        });
        builder.Entity<PushSubscription>(subscription =>
        {
            subscription.HasIndex(s => s.Endpoint).IsUnique();
            subscription.HasIndex(s => s.UserId);
            subscription.HasIndex(s => s.SessionId);
            subscription.Property(s => s.Endpoint).HasMaxLength(PushSubscription.MaxEndpointLength);
            subscription.Property(s => s.LastError).HasMaxLength(PushSubscription.MaxErrorLength);
            subscription.HasOne<AppUser>().WithMany().HasForeignKey(s => s.UserId);
            subscription.HasOne<Session>().WithMany().HasForeignKey(s => s.SessionId);
        });
        builder.Entity<PushRetry>(retry =>
        {
            retry.HasKey(r => new { r.SubscriptionId, r.RoomId });
            retry.HasIndex(r => r.NextAttemptAt);
            retry.HasOne<PushSubscription>().WithMany().HasForeignKey(r => r.SubscriptionId);
            retry.HasOne<Message>().WithMany().HasForeignKey(r => r.MessageId);
        });
        builder.Entity<DigestItem>(item =>
        {
            item.HasKey(i => new { i.UserId, i.MessageId });
            item.HasOne<AppUser>().WithMany().HasForeignKey(i => i.UserId);
            item.HasOne<Message>().WithMany().HasForeignKey(i => i.MessageId);
        });
        OnModerationCreating(builder);
    }

    private static void OnModerationCreating(ModelBuilder builder)
    {
        builder.Entity<AuditEntry>(entry =>
        {
            entry.HasIndex(e => new { e.ActorId, e.Id });
            entry.HasIndex(e => new { e.PersonId, e.Id });
            entry.HasIndex(e => new { e.RoomId, e.Id });
            entry.HasIndex(e => new { e.Act, e.Id });
            entry.HasIndex(e => e.At);
            entry.Property(e => e.Act).HasConversion<string>().HasMaxLength(40);
            entry.Property(e => e.Subject).HasConversion<string>().HasMaxLength(20);
        });
        builder.Entity<Mute>(mute => mute.HasKey(m => new { m.UserId, m.RoomId }));
        builder.Entity<SlowTurn>(turn => turn.HasKey(t => new { t.RoomId, t.UserId }));
        builder.Entity<Block>(block =>
        {
            block.HasKey(b => new { b.UserId, b.BlockedId });
            block.HasIndex(b => b.BlockedId);
        });
        builder.Entity<Pin>(pin =>
        {
            pin.HasKey(p => p.MessageId);
            pin.Property(p => p.MessageId).ValueGeneratedNever();
            pin.HasIndex(p => p.RoomId);
            pin.HasOne<Message>().WithMany().HasForeignKey(p => p.MessageId);
        });
        builder.Entity<RemovedMessage>(removed =>
        {
            removed.HasKey(r => r.MessageId);
            removed.Property(r => r.MessageId).ValueGeneratedNever();
            removed.HasIndex(r => r.BanId);
            removed.HasIndex(r => r.At);
            removed.HasOne<Message>().WithMany().HasForeignKey(r => r.MessageId);
        });
        builder.Entity<HeldMessage>(held =>
        {
            held.HasIndex(h => new { h.SenderId, h.ClientMessageId }).IsUnique();
            held.HasIndex(h => new { h.DecidedAt, h.Id });
            held.Property(h => h.ClientMessageId).HasMaxLength(Message.MaxClientIdLength);
        });
        builder.Entity<FilterRule>(rule => rule.Property(r => r.Pattern).HasMaxLength(FilterRule.MaxPatternLength));
        builder.Entity<Ban>(ban =>
        {
            ban.HasIndex(b => b.UserId);
            ban.HasIndex(b => b.AppealedAt);
        });
        builder.Entity<Report>(report =>
        {
            report.HasIndex(r => new { r.MessageId, r.ReporterId }).IsUnique();
            report.HasIndex(r => new { r.State, r.Id });
            report.HasIndex(r => r.SenderId);
        });
        builder.Entity<AnnouncementDismissal>(dismissal => dismissal.HasKey(d => new { d.AnnouncementId, d.UserId }));
    }

    private sealed class DateTimeOffsetToUnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
}
