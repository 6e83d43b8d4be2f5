namespace BlazorChat.Accounts.Audit;

/// <summary>What was done. Stored by name: a name that is in use stays.</summary>
public enum AuditAct
{
    /// <summary>A person got another role.</summary>
    RoleChanged,

    /// <summary>A person was signed out, in one session or all.</summary>
    SignedOut,

    /// <summary>A link for a new password was made.</summary>
    PasswordLinkMade,

    /// <summary>A person's second factor was turned off.</summary>
    TwoFactorTurnedOff,

    /// <summary>A token of somebody else was revoked.</summary>
    TokenRevoked,

    /// <summary>A token was made for a bot.</summary>
    TokenMade,

    /// <summary>A bot was made.</summary>
    BotMade,

    /// <summary>A bot was changed.</summary>
    BotChanged,

    /// <summary>A bot was ended.</summary>
    BotEnded,

    /// <summary>An invite was made.</summary>
    InviteMade,

    /// <summary>An invite was revoked.</summary>
    InviteRevoked,

    /// <summary>A setting of the community was changed.</summary>
    SettingChanged,

    /// <summary>A room was renamed, described, archived or opened again.</summary>
    RoomChanged,

    /// <summary>A room was slowed down, or no longer.</summary>
    RoomSlowed,

    /// <summary>A room was locked.</summary>
    RoomLocked,

    /// <summary>A room was unlocked.</summary>
    RoomUnlocked,

    /// <summary>A person became a room's moderator.</summary>
    RoomModeratorAdded,

    /// <summary>A person is no longer a room's moderator.</summary>
    RoomModeratorRemoved,

    /// <summary>A person was removed from a room.</summary>
    MemberRemoved,

    /// <summary>A person was muted, in a room or everywhere.</summary>
    Muted,

    /// <summary>A mute was lifted.</summary>
    Unmuted,

    /// <summary>Somebody else's message was removed.</summary>
    MessageRemoved,

    /// <summary>Messages of a person were removed together.</summary>
    MessagesRemoved,

    /// <summary>A removed message was restored.</summary>
    MessageRestored,

    /// <summary>Messages that were removed together were restored.</summary>
    MessagesRestored,

    /// <summary>A message was pinned.</summary>
    MessagePinned,

    /// <summary>A message was unpinned.</summary>
    MessageUnpinned,

    /// <summary>A report was taken on by a moderator.</summary>
    ReportClaimed,

    /// <summary>A report was given back.</summary>
    ReportReleased,

    /// <summary>A report was resolved.</summary>
    ReportResolved,

    /// <summary>A report was dismissed.</summary>
    ReportDismissed,

    /// <summary>A person was banned.</summary>
    Banned,

    /// <summary>A network was banned.</summary>
    AddressBanned,

    /// <summary>A ban was lifted.</summary>
    BanLifted,

    /// <summary>An appeal was answered.</summary>
    AppealAnswered,

    /// <summary>A rule was added to the word filter.</summary>
    FilterRuleAdded,

    /// <summary>A rule of the word filter was changed.</summary>
    FilterRuleChanged,

    /// <summary>A rule was removed from the word filter.</summary>
    FilterRuleRemoved,

    /// <summary>A held message was let through.</summary>
    HeldApproved,

    /// <summary>A held message was turned down.</summary>
    HeldRejected,

    /// <summary>Something was announced.</summary>
    Announced,

    /// <summary>An announcement was ended.</summary>
    AnnouncementEnded,

    /// <summary>Somebody deleted their own account.</summary>
    AccountDeleted,

    /// <summary>The audit log was exported.</summary>
    AuditExported,
}
