namespace BlazorChat.Accounts;

/// <summary>What a refusal calls the input at fault; the forms' fields have the same names.</summary>
public static class InputField
{
    /// <summary>A person's name.</summary>
    public const string Name = "Name";

    /// <summary>An e-mail address.</summary>
    public const string Email = "Email";

    /// <summary>A new password, or the one to sign in with.</summary>
    public const string Password = "Password";

    /// <summary>The password that a change replaces.</summary>
    public const string CurrentPassword = "CurrentPassword";

    /// <summary>The community's name.</summary>
    public const string CommunityName = "CommunityName";

    /// <summary>An invite's code.</summary>
    public const string InviteCode = "InviteCode";

    /// <summary>The code of an authenticator app, or a recovery code.</summary>
    public const string TwoFactorCode = "TwoFactorCode";

    /// <summary>What a token may be used for.</summary>
    public const string Scopes = "Scopes";

    /// <summary>The one room of a token.</summary>
    public const string Room = "Room";

    /// <summary>When a token expires.</summary>
    public const string Expiry = "Expiry";

    /// <summary>A network address, or a network.</summary>
    public const string Network = "Network";

    /// <summary>Why something is done.</summary>
    public const string Reason = "Reason";

    /// <summary>How long something lasts.</summary>
    public const string Time = "Time";

    /// <summary>An appeal, or the answer to one.</summary>
    public const string Appeal = "Appeal";

    /// <summary>A text that somebody writes: a note, an outcome, an announcement.</summary>
    public const string Text = "Text";

    /// <summary>An avatar image.</summary>
    public const string Avatar = "Avatar";

    /// <summary>For how long messages may be edited.</summary>
    public const string EditMinutes = "EditMinutes";

    /// <summary>For how long messages are kept.</summary>
    public const string RetentionDays = "RetentionDays";

    /// <summary>Largest picture.</summary>
    public const string MaxUpload = "MaxUpload";

    /// <summary>Rooms that an invite brings people into.</summary>
    public const string Rooms = "Rooms";
}
