using System.Globalization;
using System.Text;
using BlazorChat.Accounts;

namespace BlazorChat.Components.Admin;

/// <summary>How the pages of the administration say things.</summary>
internal static class AdminText
{
    /// <summary>A number with thousands apart.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A size in the unit that leaves few digits.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{(bytes / (double)(1L << 30)).ToString("0.0", CultureInfo.InvariantCulture)} GB",
        >= 1L << 20 => $"{(bytes / (double)(1L << 20)).ToString("0.0", CultureInfo.InvariantCulture)} MB",
        _ => $"{Number((bytes + 1023) / 1024)} KB",
    };

    /// <summary>A name of the code as words: "RoleChanged" is "Role changed".</summary>
    public static string Words(Enum name)
    {
        var words = new StringBuilder();
        foreach (var c in name.ToString())
        {
            words.Append(words.Length > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString());
        }

        return words.ToString();
    }

    /// <summary>What somebody with a role can do, to be read before it is given.</summary>
    public static string Means(Role role) => role switch
    {
        Role.Owner => "everything, like you, and make other owners. Nobody but they themselves can take that back",
        Role.Administrator => "manage people, rooms, invites, bots and settings, and read the audit log",
        Role.Moderator => "remove messages, mute, ban, and work through reports",
        Role.Member => "talk, and find and make rooms, and nothing of the administration",
        _ => "talk in the rooms that they are in, and find no others",
    };
}
