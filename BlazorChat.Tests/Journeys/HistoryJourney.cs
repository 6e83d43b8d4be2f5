using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Journeys;

/// <summary>Five hundred messages and one page.</summary>
[Collection(Lane.Second)]
public sealed class HistoryJourney(Stage stage) : Journey(stage)
{
    private const int Messages = 500;
    private const int MaxRows = 300;

    // The first row in view and where it stands.
    private const string Anchor = """
        top => {
          const list = document.querySelector('[data-testid=message-list]');
          list.scrollTop = top;
          const edge = list.getBoundingClientRect().top;
          const rows = [...list.querySelectorAll('[data-seq]')];
          const row = rows.find(r => r.getBoundingClientRect().bottom > edge);
          return [Number(row.dataset.seq), row.getBoundingClientRect().top, Number(rows[0].dataset.seq), rows.length];
        }
        """;

    // After the next page has been put above, and painted.
    private const string Settled = """
        async ([seq, before]) => {
          const list = document.querySelector('[data-testid=message-list]');
          const first = () => Number(list.querySelector('[data-seq]').dataset.seq);
          while (first() >= before) {
            await new Promise(requestAnimationFrame);
          }
          await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          const row = list.querySelector(`[data-seq="${seq}"]`);
          const rows = [...list.querySelectorAll('[data-seq]')].map(r => Number(r.dataset.seq));
          return [row.getBoundingClientRect().top, rows[0], rows.length, rows.every((s, i) => i === 0 || s === rows[i - 1] + 1) ? 1 : 0];
        }
        """;

    protected override bool IsShared => false;

    [Fact]
    public async Task ScrollingUp_LoadsWithAStableAnchor_AndKeepsABoundedWindow()
    {
        var community = await SeededAsync();
        var reader = await SignInAsync(community, 1);
        await Expect(reader.Page.Locator($"[data-seq='{Messages}']")).ToBeInViewportAsync();
        Assert.InRange(await reader.Page.Locator("[data-seq]").CountAsync(), 1, MaxRows);

        for (var first = double.MaxValue; first > 1;)
        {
            var before = await reader.Page.EvaluateAsync<double[]>(Anchor, 300);
            if (before[2] <= 1)
            {
                break;
            }

            var after = await reader.Page.EvaluateAsync<double[]>(Settled, new[] { before[0], before[2] });
            Assert.InRange(Math.Abs(after[0] - before[1]), 0, 2);
            Assert.True(after[2] <= MaxRows, $"{after[2]} rows");
            Assert.Equal(1, after[3]);
            first = after[1];
        }

        await Expect(reader.Page.Locator(".beginning")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("[data-seq='1']")).ToHaveCountAsync(1);
        await Expect(reader.Page.Locator($"[data-seq='{Messages}']")).ToHaveCountAsync(0);

        await reader.Page.GetByTestId("jump-to-latest").ClickAsync();
        await Expect(reader.Page.Locator($"[data-seq='{Messages}']")).ToBeInViewportAsync();
        await Expect(reader.Page.GetByTestId("jump-to-latest")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task ReadingAbove_NewMessagesWaitInAPill_AndMoveNothing()
    {
        var community = await SeededAsync();
        var reader = await SignInAsync(community, 1);
        var writer = await SignInAsync(community, 2);
        var before = await reader.Page.EvaluateAsync<double[]>(Anchor, 900);
        await Expect(reader.Page.GetByTestId("jump-to-latest")).ToHaveTextAsync("Jump to latest");

        await writer.SayAsync("new one");
        await writer.SayAsync("new two");
        await Expect(reader.Page.GetByTestId("jump-to-latest")).ToHaveTextAsync("2 new messages");
        var top = await reader.Page.Locator($"[data-seq='{before[0]}']").EvaluateAsync<double>("e => e.getBoundingClientRect().top");
        Assert.InRange(Math.Abs(top - before[1]), 0, 2);

        await reader.Page.GetByTestId("jump-to-latest").ClickAsync();
        await Expect(reader.Sent("new two")).ToBeInViewportAsync();
        await Expect(reader.Page.GetByTestId("jump-to-latest")).ToBeHiddenAsync();
        await writer.SayAsync("new three");
        await Expect(reader.Sent("new three")).ToBeInViewportAsync();

        // The own message always comes into view.
        await reader.Page.EvaluateAsync<double[]>(Anchor, 900);
        await reader.SayAsync("mine");
        await Expect(reader.Sent("mine")).ToBeInViewportAsync();
    }

    private async Task<Community> SeededAsync()
    {
        var server = new ServerProcess();
        var community = Own(server);
        await server.RunAsync("seed", "--users", "3", "--rooms", "1", "--messages", $"{Messages}", "--password", Community.Password,
            "--out", Path.Combine(server.DataDirectory, "seeded.json"));
        await server.StartAsync();
        return community;
    }

    private static async Task<Person> SignInAsync(Community community, int number)
    {
        var person = await community.VisitAsync($"user{number:00000}");
        await person.SignInAsync();
        await person.ReadyAsync();
        await person.OpenAsync("/rooms/2");
        return person;
    }
}
