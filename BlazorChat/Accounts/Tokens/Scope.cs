namespace BlazorChat.Accounts.Tokens;

/// <summary>What a session may be used for. A browser's may be used for everything; a token's for what it was made for.</summary>
[Flags]
public enum Scope
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read rooms, people and messages, and hear of new ones.</summary>
    Read = 1,

    /// <summary>Post, edit and delete messages; make, join and leave rooms.</summary>
    Write = 2,

    /// <summary>Administer the community, where the account may.</summary>
    Admin = 4,

    /// <summary>Change the account itself: name, password, sessions and tokens. Only for those who signed in with a password.</summary>
    Account = 8,

    /// <summary>All that a person may do who signed in.</summary>
    All = Read | Write | Admin | Account,
}
