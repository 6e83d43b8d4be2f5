using BlazorChat.Accounts;
using BlazorChat.Messages;
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

    /// <summary>Signed-in browsers, past and present.</summary>
    public DbSet<Session> Sessions => Set<Session>();

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
            session.HasOne<AppUser>().WithMany().HasForeignKey(s => s.UserId);
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
        });
        builder.Entity<Mention>(mention =>
        {
            mention.HasKey(m => new { m.MessageId, m.UserId });
            mention.HasIndex(m => m.UserId);
            mention.HasOne<Message>().WithMany().HasForeignKey(m => m.MessageId);
        });
    }

    private sealed class DateTimeOffsetToUnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
}
