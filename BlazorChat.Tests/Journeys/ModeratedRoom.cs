using System.Globalization;
using BlazorChat.Accounts;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>
/// A public room with a moderator of the community and two members side by side in it, each in a browser of their own and live, and
/// Ada, who owns the community and made the room, at hand. It is a room of the journey's own; take them for every journey of moderation.
/// </summary>
/// <param name="Id">The room.</param>
/// <param name="Ada">The owner, in the room.</param>
/// <param name="Mira">A moderator of the community, in the room.</param>
/// <param name="Bob">A member, in the room.</param>
/// <param name="Cem">Another.</param>
public sealed record ModeratedRoom(long Id, Person Ada, Person Mira, Person Bob, Person Cem)
{
    public static async Task<ModeratedRoom> OpenAsync(Community community)
    {
        var (ada, mira, bob, cem) = await All(
            community.AdaAsync("/"), community.JoinAsync("Mira"), community.JoinAsync("Bob"), community.JoinAsync("Cem"));
        await MakeAsync(ada, mira, Role.Moderator);
        await ada.OpenAsync("/");
        var room = await ada.CreateRoomAsync($"Orchard {mira.Name}");
        await Task.WhenAll(mira.JoinRoomAsync(room), bob.JoinRoomAsync(room), cem.JoinRoomAsync(room));
        return new ModeratedRoom(room, ada, mira, bob, cem);
    }

    /// <summary>Gives somebody another role, as an administrator does on their page.</summary>
    public static async Task MakeAsync(Person ada, Person person, Role role)
    {
        await ada.Page.GotoAsync($"/admin/people/{await IdOfAsync(person)}");
        await ada.CircuitAsync();
        await ada.Page.GetByTestId("new-role").SelectOptionAsync(role.ToString());
        await ada.Page.GetByTestId("change-role").ClickAsync();
        await ada.ConfirmAsync();
        await Expect(ada.Page.GetByTestId("confirm")).ToHaveCountAsync(0);
        await Expect(ada.Page.GetByTestId("change-role")).ToBeDisabledAsync();
    }

    /// <summary>The account of the person at a browser.</summary>
    public static async Task<long> IdOfAsync(Person person) =>
        long.Parse((await person.Page.Locator("html").GetAttributeAsync("data-user"))!, CultureInfo.InvariantCulture);

    private static async Task<(Person Ada, Person Mira, Person Bob, Person Cem)> All(Task<Person> ada, Task<Person> mira, Task<Person> bob, Task<Person> cem)
    {
        await Task.WhenAll(ada, mira, bob, cem);
        return (await ada, await mira, await bob, await cem);
    }
}
