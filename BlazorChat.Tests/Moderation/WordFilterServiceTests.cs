using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Filtering;
using BlazorChat.Moderation;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Moderation;

public sealed class WordFilterServiceTests
{
    [Fact]
    public async Task AddChangeRemove_ARule_CountsAtOnceAndIsOnRecord()
    {
        await using var host = await ChatHost.StartAsync();
        var service = host.Get<WordFilterService>();
        var bob = await host.AddAsync("Bob");

        var first = new FilterRuleDraft(" Tulip ", false, FilterAction.Block, "No tulips.");
        var id = await service.AddAsync(host.Ann, first);
        Assert.Equal("No tulips.", (await ChatHost.RefusedAsync(Refusal.Invalid, () => host.Messages.PostAsync(bob, host.General, "a tulip"))).Message);

        var seen = Assert.Single((await service.ListAsync(host.Ann, new FilterRuleQuery())).Rows);
        Assert.Equal((id, first with { Pattern = "Tulip" }, "Ann"), (seen.Id, seen.Rule, seen.By));
        await service.ChangeAsync(host.Ann, id, seen.Rule, new FilterRuleDraft("tulips?", true, FilterAction.Mask));
        Assert.Equal("a •••••", (await host.Messages.PostAsync(bob, host.General, "a tulip")).Text);

        var changed = Assert.Single((await service.ListAsync(host.Ann, new FilterRuleQuery())).Rows).Rule;
        await service.RemoveAsync(host.Ann, id, changed);
        Assert.Equal("a tulip", (await host.Messages.PostAsync(bob, host.General, "a tulip")).Text);

        await using var db = await host.OpenAsync();
        Assert.Equal(
        [
            (AuditAct.FilterRuleAdded, "Tulip", null, "Block the word Tulip (No tulips.)"),
            (AuditAct.FilterRuleChanged, "tulips?", "Block the word Tulip (No tulips.)", "Mask the pattern tulips?"),
            (AuditAct.FilterRuleRemoved, "tulips?", "Mask the pattern tulips?", null),
        ],
        (await db.AuditEntries.Where(e => e.Subject == AuditSubject.FilterRule).OrderBy(e => e.Id).ToListAsync())
            .Select(e => (e.Act, e.SubjectName, e.Before, e.After)));
    }

    [Fact]
    public async Task Rules_AfterARestart_StillCount()
    {
        var host = await ChatHost.StartAsync();
        await host.Get<WordFilterService>().AddAsync(host.Ann, new FilterRuleDraft("tulip", false, FilterAction.Mask));
        await using var restarted = await host.RestartAsync();

        Assert.Equal("•••••", (await restarted.Messages.PostAsync(restarted.Ann, restarted.General, "tulip")).Text);
    }

    [Fact]
    public async Task ChangeAsync_TwoModeratorsAtTheSameRule_TheSecondIsTold()
    {
        await using var host = await ChatHost.StartAsync();
        var service = host.Get<WordFilterService>();
        var mira = await host.AddAsync("Mira");
        await host.Get<PeopleService>().SetRoleAsync(host.Ann, mira.UserId, Role.Moderator);
        var seen = new FilterRuleDraft("tulip", false, FilterAction.Block);
        var id = await service.AddAsync(host.Ann, seen);

        await service.ChangeAsync(mira, id, seen, seen with { Action = FilterAction.Hold });

        await ChatHost.RefusedAsync(Refusal.Conflict, () => service.ChangeAsync(host.Ann, id, seen, seen with { Action = FilterAction.Mask }));
        await ChatHost.RefusedAsync(Refusal.Conflict, () => service.RemoveAsync(host.Ann, id, seen));
        await service.RemoveAsync(host.Ann, id, seen with { Action = FilterAction.Hold });
        await ChatHost.RefusedAsync(Refusal.NotFound, () => service.ChangeAsync(mira, id, seen with { Action = FilterAction.Hold }, seen));
    }

    [Fact]
    public async Task AddAsync_WhatCannotBeARule_IsRefusedInWords()
    {
        await using var host = await ChatHost.StartAsync();
        var service = host.Get<WordFilterService>();
        await service.AddAsync(host.Ann, new FilterRuleDraft("tulip", false, FilterAction.Mask));

        await ChatHost.RefusedAsync(Refusal.Conflict, () => service.AddAsync(host.Ann, new FilterRuleDraft("TULIP", false, FilterAction.Block)));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => service.AddAsync(host.Ann, new FilterRuleDraft("", false, FilterAction.Block)));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => service.AddAsync(host.Ann, new FilterRuleDraft("(a", true, FilterAction.Block)));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => service.AddAsync(host.Ann, new FilterRuleDraft("a*", true, FilterAction.Block)));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => service.AddAsync(host.Ann, new FilterRuleDraft("a", false, (FilterAction)9)));
        await ChatHost.RefusedAsync(Refusal.Invalid, () => service.AddAsync(host.Ann, new FilterRuleDraft("a", false, FilterAction.Block, new string('x', 301))));
        Assert.Equal(1, host.Scalar<long>("SELECT count(*) FROM FilterRules"));
    }

    [Fact]
    public async Task AddAsync_MoreThanPossible_IsRefused()
    {
        await using var host = await ChatHost.StartAsync();
        await using (var db = await host.OpenAsync())
        {
            db.FilterRules.AddRange(Enumerable.Range(0, 500).Select(i => new FilterRule { Pattern = $"word{i}", IsRegex = i < 100, At = host.Time.GetUtcNow() }));
            await db.SaveChangesAsync();
        }

        var service = host.Get<WordFilterService>();
        Assert.Contains("500 rules", (await ChatHost.RefusedAsync(Refusal.Conflict, () => service.AddAsync(host.Ann, new FilterRuleDraft("more", false, FilterAction.Block)))).Message, StringComparison.Ordinal);
        await service.RemoveAsync(host.Ann, host.Scalar<long>("SELECT Id FROM FilterRules WHERE Pattern = 'word200'"), new FilterRuleDraft("word200", false, FilterAction.Block));
        Assert.Contains("100 patterns", (await ChatHost.RefusedAsync(Refusal.Conflict, () => service.AddAsync(host.Ann, new FilterRuleDraft("more", true, FilterAction.Block)))).Message, StringComparison.Ordinal);
        await service.AddAsync(host.Ann, new FilterRuleDraft("more", false, FilterAction.Block));
    }

    [Fact]
    public async Task ListAsync_SearchAndOrder_AnswersAPage()
    {
        await using var host = await ChatHost.StartAsync();
        var service = host.Get<WordFilterService>();
        foreach (var (word, action) in ((string, FilterAction)[])[("rose", FilterAction.Mask), ("tulip", FilterAction.Block), ("100%", FilterAction.Hold)])
        {
            await service.AddAsync(host.Ann, new FilterRuleDraft(word, false, action, $"about {word}"));
            host.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["100%", "rose", "tulip"], await FoundAsync(new FilterRuleQuery()));
        Assert.Equal(["100%", "tulip", "rose"], await FoundAsync(new FilterRuleQuery(Order: FilterRuleOrder.Changed, Descending: true)));
        Assert.Equal(["tulip", "100%", "rose"], await FoundAsync(new FilterRuleQuery(Order: FilterRuleOrder.Action)));
        Assert.Equal(["tulip"], await FoundAsync(new FilterRuleQuery("TUL")));
        Assert.Equal(["100%"], await FoundAsync(new FilterRuleQuery("%")));
        Assert.Equal(["rose"], await FoundAsync(new FilterRuleQuery(Action: FilterAction.Mask)));
        Assert.Empty(await FoundAsync(new FilterRuleQuery(Page: int.MaxValue)));

        async Task<string?[]> FoundAsync(FilterRuleQuery query) => [.. (await service.ListAsync(host.Ann, query)).Rows.Select(r => r.Rule.Pattern)];
    }

    [Fact]
    public async Task TryAsync_ARule_ShowsWhatItWouldDoAndStoresNothing()
    {
        await using var host = await ChatHost.StartAsync();
        var service = host.Get<WordFilterService>();

        Assert.Equal("a •••••", (await service.TryAsync(host.Ann, new FilterRuleDraft("tulip", false, FilterAction.Mask), "a tulip")).Verdict!.Text);
        Assert.Equal(FilterAction.Hold, (await service.TryAsync(host.Ann, new FilterRuleDraft("tulip", false, FilterAction.Hold), "a tulip")).Verdict!.Action);
        Assert.True((await service.TryAsync(host.Ann, new FilterRuleDraft("tulip", false, FilterAction.Block), "a rose")).Verdict!.IsPass);
        Assert.Contains("not closed", (await service.TryAsync(host.Ann, new FilterRuleDraft("(", true, FilterAction.Block), "")).Problem, StringComparison.Ordinal);
        Assert.NotNull((await service.TryAsync(host.Ann, new FilterRuleDraft("a", false, FilterAction.Block), new string('a', 10_001))).Problem);
        Assert.Equal(0, host.Scalar<long>("SELECT count(*) FROM FilterRules"));
    }
}
