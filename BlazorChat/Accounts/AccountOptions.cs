namespace BlazorChat.Accounts;

/// <summary>Settings of accounts, in the section <c>Chat</c>.</summary>
public sealed class AccountOptions
{
    /// <summary>
    /// Lets people sign in over http from other machines, for a trusted network without TLS: cookies then lack
    /// <c>Secure</c> and the <c>__Host-</c> prefix.
    /// </summary>
    public bool AllowInsecureHttp { get; set; }
}
