namespace BlazorChat.Components.Account;

/// <summary>What a page says after a form was posted and led to it. Only these: an address must not put words into our mouth.</summary>
public static class StatusText
{
    /// <summary>The words for a status in the query string.</summary>
    public static string? Of(string? status) => status switch
    {
        "signed-out" => "You are signed out.",
        "password-reset" => "Your new password is set. Sign in with it.",
        "name" => "Your name was changed.",
        "avatar" => "Your picture was changed.",
        "avatar-removed" => "Your picture was removed.",
        "password" => "Your password was changed. Other browsers were signed out, and your tokens revoked.",
        "session" => "That browser was signed out.",
        "token-revoked" => "That token was revoked. Whatever used it is cut off.",
        "notifications" => "Your choices were saved.",
        "device-removed" => "That device is notified no more.",
        "unblocked" => "You see what they write again.",
        "two-factor-off" => "Two-factor sign-in is off. Your password is enough again.",
        "appealed" => "Your note is with the moderators. Come back here for their answer.",
        "deleted" => "Your account is deleted.",
        "export-limit" => "You have exported your data several times lately. Try again in an hour.",
        "unsubscribed" => "You get no more e-mails about unread messages.",
        _ => null,
    };
}
