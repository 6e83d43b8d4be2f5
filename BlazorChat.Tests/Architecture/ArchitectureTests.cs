using System.Reflection;
using BlazorChat.Accounts;
using BlazorChat.Data;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Architecture;

/// <summary>The folder table of the architecture, as data. A new folder needs a row here.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "BlazorChat";

    /// <summary>Each folder, and which others it may use.</summary>
    private static readonly Dictionary<string, string[]> Table = new()
    {
        ["Live"] = [],
        ["Data"] = [],
        ["Mail"] = [],
        ["Filtering"] = [],
        ["Accounts"] = ["Filtering", "Live", "Data", "Mail"],
        ["Rooms"] = ["Accounts", "Filtering", "Live", "Data"],
        ["Messages"] = ["Rooms", "Accounts", "Filtering", "Live", "Data"],
        ["Outbound"] = [],
        ["Notifications"] = ["Messages", "Rooms", "Accounts", "Live", "Data", "Mail", "Outbound"],
        ["Bots"] = ["Messages", "Rooms", "Accounts", "Filtering", "Live", "Data", "Outbound"],
        ["Moderation"] = ["Bots", "Notifications", "Messages", "Rooms", "Accounts", "Filtering", "Live", "Data", "Mail"],
        ["Privacy"] = ["Moderation", "Bots", "Notifications", "Messages", "Rooms", "Accounts", "Filtering", "Live", "Data", "Mail"],
        ["Api"] = ["Privacy", "Moderation", "Bots", "Notifications", "Messages", "Rooms", "Accounts", "Live", "Data"],
        ["Operations"] = ["Moderation", "Bots", "Notifications", "Messages", "Rooms", "Accounts", "Live", "Data"],
        ["Components"] = ["Privacy", "Moderation", "Filtering", "Bots", "Notifications", "Messages", "Rooms", "Accounts", "Live"],
    };

    private static readonly Type[] Types =
        [.. typeof(Program).Assembly.GetTypes().Where(t => t.Namespace?.Split('.')[0] == Root)];

    /// <summary>What may be mentioned although the table says otherwise.</summary>
    private static readonly Func<string, Type, bool>[] Exceptions =
    [
        // The switchboard knows who is connected.
        (folder, used) => folder == "Live" && used == typeof(Actor),

        // The one permitted cycle: the context and its entities.
        (folder, used) => folder == "Data" && Entities!.Contains(used),

        // Commands run in the program that they are commands of; the router is told which assembly has the pages.
        (folder, used) => folder is "Operations" or "Components" && used == typeof(Program),
    ];

    private static readonly HashSet<Type> Entities =
    [
        .. typeof(ChatDbContext).GetProperties().Select(p => p.PropertyType)
            .Where(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(DbSet<>)).Select(t => t.GenericTypeArguments[0])
            .SelectMany(entity => entity.GetProperties().Select(p => p.PropertyType).Where(t => t.IsEnum).Append(entity)),
    ];

    [Fact]
    public void Folder_WithoutARow_DoesNotExist() =>
        Assert.Equal([], Types.Where(t => t.Namespace != Root).Select(Folder).Distinct().Except(Table.Keys));

    [Fact]
    public void Root_HoldsTheProgramAlone() =>
        Assert.Equal([typeof(Program)], Types.Where(t => t.Namespace == Root).Select(Mentions.Outermost).Distinct());

    [Fact]
    public void Table_HasNoCycle()
    {
        HashSet<string> below = [];
        foreach (var (folder, uses) in Table)
        {
            Assert.Subset(below, uses.ToHashSet());
            below.Add(folder);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_UsesNothingThatItsRowDoesNotName(string folder) => Assert.Equal([], (
        from type in Types
        where Folder(type) == folder
        from used in Mentions.Of(type)
        where used.Namespace?.Split('.')[0] == Root && Folder(used) != folder
            && !Table[folder].Contains(Folder(used)) && !Array.Exists(Exceptions, e => e(folder, used))
        select $"{Mentions.Outermost(type).FullName} uses {used.FullName}").Distinct().Order());

    [Fact]
    public void Nouns_MentionNothingOfTheUserInterface() => Assert.Equal([], (
        from type in Types
        where type.Namespace != Root && Folder(type) != "Components"
        from used in Mentions.Of(type)
        where used.Namespace?.StartsWith("MudBlazor", StringComparison.Ordinal) == true
            || used == typeof(IHttpContextAccessor) || used == typeof(AuthenticationStateProvider)
        select $"{Mentions.Outermost(type).FullName} mentions {used.FullName}").Distinct().Order());

    [Fact]
    public void InteractiveComponents_MentionNeitherTheRequestNorIdentity()
    {
        // A circuit outlives its request, and a circuit's scope Identity's context: only static pages may.
        Assert.Equal([], (
            from type in Types
            where Folder(type) == "Components" && type.Namespace != $"{Root}.Components.Account"
            from used in Mentions.Of(type)
            where used == typeof(UserManager<>) || used == typeof(SignInManager<>)
                || (used == typeof(HttpContext) && !StaticComponents.Contains(Mentions.Outermost(type).FullName))
            select $"{Mentions.Outermost(type).FullName} mentions {used.FullName}").Distinct().Order());
    }

    /// <summary>Rendered for the request only: the document around the pages, and the wiring.</summary>
    private static readonly string[] StaticComponents =
    [
        $"{Root}.Components.App", $"{Root}.Components.ComponentsSetup", $"{Root}.Components.Layout.ThemeStyles", $"{Root}.Components.Layout.WebManifest",
    ];

    [Fact]
    public void JSDisconnectedException_IsKnownInOnePlace() => Assert.Equal(
        ["JsModule"],
        Types.Where(t => Mentions.Of(t).Contains(typeof(JSDisconnectedException))).Select(t => Mentions.Outermost(t).Name).Distinct());

    [Fact]
    public void Names_SayWhatThingsAre()
    {
        string[] vague = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Repository"];
        Assert.Equal([], Types.Where(t => Array.Exists(vague, v => t.Name.EndsWith(v, StringComparison.Ordinal))).Select(t => t.FullName));
    }

    [Fact]
    public void Interfaces_StandAtAnEdgeOrBetweenFolders()
    {
        // Outside: files, push services, mail. Upwards: what Rooms does for newcomers of Accounts, and what a page does for the composer.
        string[] known = ["IFileStore", "IWebPushClient", "IEmailSender", "INewcomerWelcome", "IComposerHost"];
        Assert.Equal([], Types.Where(t => t.IsInterface).Select(t => t.Name).Except(known));
    }

    [Fact]
    public void Services_TakeTheActorFirst() => Assert.Equal([], (
        from type in Types
        where type is { IsPublic: true, Namespace: not null } && Folder(type) is not ("" or "Components" or "Data")
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        let actors = method.GetParameters().Where(p => p.ParameterType == typeof(Actor)).ToArray()
        where actors.Length > 0 && (actors.Length > 1 || actors[0].Position != 0) && !method.IsSpecialName && method.Name != "Deconstruct"
        select $"{type.Name}.{method.Name}").Distinct());

    [Fact]
    public void Mentions_OfAnAsynchronousMethod_IncludeWhatItsBodyUses()
    {
        // Were the reading of code broken, every test here would pass.
        var used = Types.Where(t => Mentions.Outermost(t) == typeof(BlazorChat.Rooms.RoomService)).SelectMany(Mentions.Of).ToHashSet();
        Assert.Contains(typeof(ChatDbContext), used);
        Assert.Contains(typeof(BlazorChat.Rooms.RoomChanged), used);
        Assert.Contains(typeof(EntityFrameworkQueryableExtensions), used);
    }

    public static TheoryData<string> Folders() => [.. Table.Keys];

    private static string Folder(Type type) => type.Namespace!.Split('.').ElementAtOrDefault(1) ?? "";
}
