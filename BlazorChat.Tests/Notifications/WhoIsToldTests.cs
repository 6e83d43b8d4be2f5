using BlazorChat.Messages;
using BlazorChat.Notifications;
using BlazorChat.Rooms;

namespace BlazorChat.Tests.Notifications;

public sealed class WhoIsToldTests
{
    private const long Author = 1;
    private const long Me = 2;

    private static readonly DateTimeOffset Now = new(2026, 7, 1, 22, 30, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static readonly Saying Said = new(Author, Seq: 10, IsDirect: false, Mentions: []);
    private static readonly Saying Direct = Said with { IsDirect = true };
    private static readonly Saying Mention = Said with { Mentions = [7, Me] };
    private static readonly Saying Reply = Said with { RepliesTo = Me };
    private static readonly Saying All = Said with { Callout = Callout.All };
    private static readonly Saying Here = Said with { Callout = Callout.Here };

    private static readonly Listener Somebody = new(
        Me, IsMember: true, IsActive: true, Level: null, NotifyLevel.Everything, MutedUntil: null, Quiet: null, LastReadSeq: 9, IsLooking: false, IsHere: false);
    private static readonly Listener Modest = Somebody with { DefaultLevel = NotifyLevel.Mentions };
    private static readonly Listener Silent = Somebody with { DefaultLevel = NotifyLevel.Nothing };
    private static readonly QuietHours Night = new(new TimeOnly(22, 0), new TimeOnly(7, 0), Berlin);

    private static readonly (string Case, Saying Said, Listener Listener, Verdict Verdict)[] Cases =
    [
        ("a member who is away", Said, Somebody, Verdict.Tell),
        ("the author", Said, Somebody with { UserId = Author }, Verdict.Author),
        ("the author who names himself", Said with { Mentions = [Author] }, Somebody with { UserId = Author }, Verdict.Author),
        ("who left the room", Mention, Somebody with { IsMember = false }, Verdict.NotMember),
        ("who is banned, or whose session ended", Mention, Somebody with { IsActive = false }, Verdict.NotActive),
        ("who looks at the room", Mention, Somebody with { IsLooking = true, IsHere = true }, Verdict.Looking),
        ("who is here but looks elsewhere", Said, Somebody with { IsHere = true }, Verdict.Tell),
        ("who read it meanwhile", Mention, Somebody with { LastReadSeq = 10 }, Verdict.Read),
        ("who has read further", Mention, Somebody with { LastReadSeq = 99 }, Verdict.Read),
        ("when it was deleted", Mention with { IsDeleted = true }, Somebody, Verdict.Deleted),

        ("who blocked the author", Mention, Somebody with { Blocked = new HashSet<long> { Author } }, Verdict.Blocked),
        ("who blocked the author of a direct message", Direct, Somebody with { Blocked = new HashSet<long> { Author } }, Verdict.Blocked),
        ("who blocked another", Mention, Somebody with { Blocked = new HashSet<long> { 7 } }, Verdict.Tell),

        ("mentions: a message", Said, Modest, Verdict.Level),
        ("mentions: my name", Mention, Modest, Verdict.Tell),
        ("mentions: another's name", Said with { Mentions = [7] }, Modest, Verdict.Level),
        ("mentions: a reply to me", Reply, Modest, Verdict.Tell),
        ("mentions: a reply to another", Said with { RepliesTo = 7 }, Modest, Verdict.Level),
        ("mentions: @all", All, Modest, Verdict.Tell),
        ("mentions: @here, and I am here", Here, Modest with { IsHere = true }, Verdict.Tell),
        ("mentions: @here, and I am not", Here, Modest, Verdict.Level),
        ("mentions: a direct message", Direct, Modest, Verdict.Tell),
        ("nothing: my name", Mention, Silent, Verdict.Level),
        ("nothing: @all", All, Silent, Verdict.Level),
        ("nothing: a direct message", Direct, Silent, Verdict.Tell),

        ("the room's own level goes before: more", Said, Silent with { Level = NotifyLevel.Everything }, Verdict.Tell),
        ("the room's own level goes before: less", Mention, Somebody with { Level = NotifyLevel.Nothing }, Verdict.Level),
        ("a direct conversation on mentions", Direct, Somebody with { Level = NotifyLevel.Mentions }, Verdict.Level),
        ("a direct conversation on mentions, by name", Mention with { IsDirect = true }, Somebody with { Level = NotifyLevel.Mentions }, Verdict.Tell),
        ("a direct conversation on nothing", Direct, Somebody with { Level = NotifyLevel.Nothing }, Verdict.Level),

        ("muted", Mention, Somebody with { MutedUntil = Now.AddMinutes(1) }, Verdict.Muted),
        ("muted until just now", Mention, Somebody with { MutedUntil = Now }, Verdict.Tell),
        ("a muted direct conversation", Direct, Somebody with { MutedUntil = Now.AddMinutes(1) }, Verdict.Muted),
        ("in quiet hours", Mention, Somebody with { Quiet = Night }, Verdict.Quiet),
        ("in other quiet hours", Mention, Somebody with { Quiet = Night with { Until = new TimeOnly(0, 30) } }, Verdict.Tell),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Case)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ask_Answers(string name)
    {
        var (_, said, listener, verdict) = Cases.Single(c => c.Case == name);
        Assert.Equal(verdict, WhoIsTold.Ask(said, listener, Now));
    }

    [Theory]
    // In Berlin, UTC+2 in July and UTC+1 in January.
    [InlineData("22:00", "07:00", "2026-07-01T19:59:59Z", false)]
    [InlineData("22:00", "07:00", "2026-07-01T20:00:00Z", true)]
    [InlineData("22:00", "07:00", "2026-07-02T04:59:59Z", true)]
    [InlineData("22:00", "07:00", "2026-07-02T05:00:00Z", false)]
    [InlineData("22:00", "07:00", "2026-01-02T20:59:59Z", false)]
    [InlineData("22:00", "07:00", "2026-01-02T21:00:00Z", true)]
    [InlineData("12:00", "13:00", "2026-07-01T10:30:00Z", true)]
    [InlineData("12:00", "13:00", "2026-07-01T11:00:00Z", false)]
    // The hour that there is not, and the one that there is twice.
    [InlineData("02:00", "03:00", "2026-03-29T01:00:00Z", false)]
    [InlineData("02:00", "03:00", "2026-10-25T00:30:00Z", true)]
    [InlineData("02:00", "03:00", "2026-10-25T01:30:00Z", true)]
    public void QuietHours_AreThoseOfThePersonsPlace(string from, string until, string moment, bool quiet) =>
        Assert.Equal(quiet, new QuietHours(
            TimeOnly.Parse(from, null), TimeOnly.Parse(until, null), Berlin).Cover(DateTimeOffset.Parse(moment, null)));
}
