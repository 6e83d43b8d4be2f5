using BlazorChat.Accounts;
using BlazorChat.Accounts.Audit;
using BlazorChat.Data;
using BlazorChat.Filtering;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Moderation;

/// <summary>A rule as a moderator writes it.</summary>
/// <param name="Pattern">A word, where * stands for any letters, or a regular expression.</param>
/// <param name="IsRegex">Whether it is a regular expression.</param>
/// <param name="Action">What is done.</param>
/// <param name="Explanation">What somebody is told whose text is refused or held; empty for the usual words.</param>
public sealed record FilterRuleDraft(string? Pattern, bool IsRegex, FilterAction Action, string? Explanation = "");

/// <summary>A stored rule.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Rule">What it says.</param>
/// <param name="By">Who made it, or changed it last.</param>
/// <param name="At">When.</param>
public sealed record FilterRuleView(long Id, FilterRuleDraft Rule, string By, DateTimeOffset At);

/// <summary>What a list of rules goes by.</summary>
public enum FilterRuleOrder
{
    /// <summary>The word or pattern.</summary>
    Pattern,

    /// <summary>What is done.</summary>
    Action,

    /// <summary>When it was made or changed.</summary>
    Changed,
}

/// <summary>Which rules are asked for.</summary>
/// <param name="Search">A part of the pattern or explanation; nothing for all.</param>
/// <param name="Action">Only those that do this.</param>
/// <param name="Order">In which order.</param>
/// <param name="Descending">The other way round.</param>
/// <param name="Page">Which page, from 0.</param>
public sealed record FilterRuleQuery(
    string? Search = null, FilterAction? Action = null, FilterRuleOrder Order = FilterRuleOrder.Pattern, bool Descending = false, int Page = 0);

/// <summary>What a rule would do to a sample.</summary>
/// <param name="Problem">Why it cannot be a rule; <see langword="null"/> where it can.</param>
/// <param name="Verdict">What would happen to the sample by this rule alone.</param>
public sealed record FilterTrial(string? Problem, Verdict? Verdict);

/// <summary>The moderators' word filter. A change counts for the next text, wherever that comes from, and is still there after a restart.</summary>
public sealed class WordFilterService(
    IDbContextFactory<ChatDbContext> contexts, PolicyGate gate, PeopleDirectory people, AuditLog audit, TextFilter filter, TimeProvider time,
    ILogger<WordFilterService> logger) : IHostedService, IDisposable
{
    /// <summary>Longest sample: as long as a message may be.</summary>
    public const int MaxSampleLength = 10_000;

    private readonly SemaphoreSlim _loading = new(1);

    /// <summary>A page of the rules.</summary>
    public async Task<Slice<FilterRuleView>> ListAsync(Actor actor, FilterRuleQuery query)
    {
        await gate.RequireAsync(actor, Right.FilterWords);
        await using var db = await contexts.CreateDbContextAsync();
        var rules = db.FilterRules.AsNoTracking().Where(r => query.Action == null || r.Action == query.Action);
        if (query.Search?.Trim() is { Length: > 0 } search)
        {
            // LIKE, which knows no case, with what it would take for wildcards escaped.
            var like = $"%{search.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%";
            rules = rules.Where(r => EF.Functions.Like(r.Pattern, like, @"\") || EF.Functions.Like(r.Explanation, like, @"\"));
        }

        var total = await rules.CountAsync();
        var page = Slice.Clamp(query.Page);
        var found = await Ordered(rules, query).ThenBy(r => r.Id).Skip(page * Slice.PageSize).Take(Slice.PageSize).ToListAsync();
        var names = await people.GetAsync([.. found.Select(r => r.ById).Distinct()]);
        return new Slice<FilterRuleView>(
            [.. found.Select(r => new FilterRuleView(r.Id, DraftOf(r), names.GetValueOrDefault(r.ById)?.Name ?? "", r.At))], page, total);
    }

    /// <summary>Shows what a rule would do, without storing it.</summary>
    public async Task<FilterTrial> TryAsync(Actor actor, FilterRuleDraft rule, string? sample)
    {
        await gate.RequireAsync(actor, Right.FilterWords);
        var text = sample ?? "";
        if (text.Length > MaxSampleLength)
        {
            return new FilterTrial($"A sample has at most {MaxSampleLength:N0} characters.", null);
        }

        var rules = FilterRuleSet.Of([RuleOf(rule)], out var unread);
        return unread.Count > 0 ? new FilterTrial(unread[0].Problem, null) : new FilterTrial(null, rules.Judge(text));
    }

    /// <summary>Adds a rule.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">It cannot be read, would find the empty text, is there already, or there are too many.</exception>
    public async Task<long> AddAsync(Actor actor, FilterRuleDraft rule)
    {
        var added = Parse(rule);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await gate.RequireAsync(db, actor, Right.FilterWords);
        await RequireRoomAsync(db, added);
        (added.ById, added.At) = (actor.UserId, time.GetUtcNow());
        db.FilterRules.Add(added);
        await db.SaveChangesAsync();
        await audit.AddAsync(db, actor, AuditAct.FilterRuleAdded, MatterOf(added), after: InWords(added));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        await LoadAsync();
        return added.Id;
    }

    /// <summary>Changes a rule.</summary>
    /// <param name="actor">Who changes it.</param>
    /// <param name="ruleId">The rule.</param>
    /// <param name="seen">What it said when they began.</param>
    /// <param name="rule">What it says from now on.</param>
    /// <exception cref="RefusedException">As for adding; a conflict where it says something else by now.</exception>
    public Task ChangeAsync(Actor actor, long ruleId, FilterRuleDraft seen, FilterRuleDraft rule)
    {
        var parsed = Parse(rule);
        return AlterAsync(actor, ruleId, seen, async (db, stored) =>
        {
            var before = InWords(stored);
            (stored.Pattern, stored.IsRegex, stored.Action, stored.Explanation) = (parsed.Pattern, parsed.IsRegex, parsed.Action, parsed.Explanation);
            await RequireRoomAsync(db, stored);
            (stored.ById, stored.At) = (actor.UserId, time.GetUtcNow());
            await audit.AddAsync(db, actor, AuditAct.FilterRuleChanged, MatterOf(stored), before, InWords(stored));
        });
    }

    /// <summary>Removes a rule.</summary>
    /// <param name="actor">Who removes it.</param>
    /// <param name="ruleId">The rule.</param>
    /// <param name="seen">What it said when they decided.</param>
    /// <exception cref="RefusedException">It is gone, or says something else by now.</exception>
    public Task RemoveAsync(Actor actor, long ruleId, FilterRuleDraft seen) => AlterAsync(actor, ruleId, seen, (db, stored) =>
    {
        db.FilterRules.Remove(stored);
        return audit.AddAsync(db, actor, AuditAct.FilterRuleRemoved, MatterOf(stored), before: InWords(stored));
    });

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => LoadAsync();

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    private async Task AlterAsync(Actor actor, long ruleId, FilterRuleDraft seen, Func<ChatDbContext, FilterRule, Task> alter)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await gate.RequireAsync(db, actor, Right.FilterWords);
            var stored = await db.FilterRules.AsTracking().SingleOrDefaultAsync(r => r.Id == ruleId) ?? throw RefusedException.NotFound("This rule");
            if (DraftOf(stored) != seen)
            {
                throw new RefusedException(Refusal.Conflict, "Somebody else has changed this rule meanwhile. Look at what it says now, and decide again.");
            }

            await alter(db, stored);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await LoadAsync();
    }

    /// <summary>Makes the stored rules those that count. One at a time, so that what was read last is what counts.</summary>
    private async Task LoadAsync()
    {
        await _loading.WaitAsync();
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            filter.Use(FilterRuleSet.Of(await db.FilterRules.AsNoTracking().ToListAsync(), out var unread));
            foreach (var (rule, problem) in unread)
            {
                logger.LogWarning("Rule {RuleId} of the word filter does nothing: {Problem}", rule.Id, problem);
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    private static IOrderedQueryable<FilterRule> Ordered(IQueryable<FilterRule> rules, FilterRuleQuery query) => (query.Order, query.Descending) switch
    {
        (FilterRuleOrder.Action, false) => rules.OrderBy(r => r.Action).ThenBy(r => r.Pattern),
        (FilterRuleOrder.Action, true) => rules.OrderByDescending(r => r.Action).ThenBy(r => r.Pattern),
        (FilterRuleOrder.Changed, false) => rules.OrderBy(r => r.At),
        (FilterRuleOrder.Changed, true) => rules.OrderByDescending(r => r.At),
        (_, false) => rules.OrderBy(r => r.Pattern),
        (_, true) => rules.OrderByDescending(r => r.Pattern),
    };

    private static async Task RequireRoomAsync(ChatDbContext db, FilterRule rule)
    {
        var others = await db.FilterRules.AsNoTracking().Where(r => r.Id != rule.Id).Select(r => new { r.Pattern, r.IsRegex }).ToListAsync();
        if (others.Exists(o => o.IsRegex == rule.IsRegex && string.Equals(o.Pattern, rule.Pattern, rule.IsRegex ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)))
        {
            throw new RefusedException(Refusal.Conflict, "There is a rule for this already. Change that one.");
        }

        if (others.Count >= FilterRuleSet.MaxRules)
        {
            throw new RefusedException(Refusal.Conflict, $"There are {FilterRuleSet.MaxRules} rules, and no more are possible. Remove one, or put * into one for several.");
        }

        if (rule.IsRegex && others.Count(o => o.IsRegex) >= FilterRuleSet.MaxPatterns)
        {
            throw new RefusedException(Refusal.Conflict, $"There are {FilterRuleSet.MaxPatterns} patterns, and no more are possible. Words cost less: use one, or remove a pattern.");
        }
    }

    private static FilterRule Parse(FilterRuleDraft draft)
    {
        var rule = RuleOf(draft);
        if (!Enum.IsDefined(rule.Action))
        {
            throw RefusedException.Invalid("A rule blocks, holds or masks.");
        }

        if (rule.Explanation.Length > FilterRule.MaxExplanationLength)
        {
            throw RefusedException.Invalid($"An explanation has at most {FilterRule.MaxExplanationLength} characters.");
        }

        FilterRuleSet.Of([rule], out var unread);
        return unread.Count == 0 ? rule : throw RefusedException.Invalid(unread[0].Problem);
    }

    private static FilterRule RuleOf(FilterRuleDraft draft) => new()
    {
        Pattern = draft.IsRegex ? draft.Pattern ?? "" : (draft.Pattern ?? "").Trim(),
        IsRegex = draft.IsRegex,
        Action = draft.Action,
        Explanation = (draft.Explanation ?? "").Trim(),
    };

    private static FilterRuleDraft DraftOf(FilterRule rule) => new(rule.Pattern, rule.IsRegex, rule.Action, rule.Explanation);

    private static AuditMatter MatterOf(FilterRule rule) => new(AuditSubject.FilterRule, rule.Id, rule.Pattern);

    private static string InWords(FilterRule rule) =>
        $"{rule.Action} the {(rule.IsRegex ? "pattern" : "word")} {rule.Pattern}{(rule.Explanation.Length > 0 ? $" ({rule.Explanation})" : "")}";
}
