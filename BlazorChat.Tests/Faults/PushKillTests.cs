using System.Net;
using BlazorChat.Tests.Api;
using BlazorChat.Tests.Notifications;

namespace BlazorChat.Tests.Faults;

/// <summary>The server dies between the commit of a message and its delivery to phones: it is delivered after the restart.</summary>
public sealed class PushKillTests(ITestOutputHelper output)
{
    private const int Kills = 4;
    private const int MessagesARound = 12;

    [Fact]
    public async Task KilledBetweenCommitAndDelivery_EveryPhoneIsTold()
    {
        await using var push = await PushService.StartAsync();
        string[] settings = [$"--Push:AllowedHosts={push.Host}", "--Push:GraceSeconds=0.3", .. SeededServer.NoLimits];
        await using var server = await SeededServer.StartAsync(people: 5, settings);
        var phones = server.People.Skip(1).Select(_ => push.NewBrowser()).ToArray();
        foreach (var (person, phone) in server.People.Skip(1).Zip(phones))
        {
            (await person.PostAsync("/api/push/subscriptions", phone.Registration)).Ok(HttpStatusCode.Created);
        }

        var told = 0;
        for (var round = 0; round < Kills; round++)
        {
            // One phone's push service is having a bad day: what it is to be told stands in the database.
            phones[0].AnswerWith(PushScript.Status(503), PushScript.Created);
            long last = 0;
            for (var i = 0; i < MessagesARound; i++)
            {
                var answer = (await server.People[0].PostAsync($"/api/rooms/{server.General}/messages", new { text = $"round {round}, message {i}" })).Ok(HttpStatusCode.Created);
                last = answer.GetProperty("id").GetInt64();
            }

            // At another moment each time: before the grace is over, while some are on their way, after a first failure.
            await (round switch
            {
                0 => Task.CompletedTask,
                1 => phones[1].ArrivedAsync(told + 1),
                2 => phones[0].NextAttemptAsync(),
                _ => Task.WhenAll(phones.Skip(1).Select(p => Wait.Until(() => IsTold(p, last)))),
            });
            await server.Process.KillAsync();
            await server.Process.StartAsync(settings);
            await Task.WhenAll(phones.Select(phone => Wait.Until(() => IsTold(phone, last))));
            told = phones[1].Arrived;
        }

        Assert.Empty(phones.SelectMany(p => p.Faults));
        foreach (var phone in phones)
        {
            var shown = phone.Shown.Select(s => s.Json.GetProperty("messageId").GetInt64()).ToArray();
            output.WriteLine($"{shown.Length} notifications of {Kills * MessagesARound} messages, {shown.Length - shown.Distinct().Count()} repeated");

            // A repeat tells again of what was told before, and leaves the newest on the screen.
            Assert.Equal(shown.Max(), shown[^1]);
        }
    }

    private static bool IsTold(PushBrowser phone, long messageId) =>
        phone.Shown.Any(s => s.Json.GetProperty("messageId").GetInt64() == messageId);
}
