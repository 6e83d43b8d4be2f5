using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Moderation;

/// <summary>Which reports to list.</summary>
/// <param name="State">Where they stand.</param>
/// <param name="IsMine">Only those that the reader took or decided.</param>
/// <param name="OldestFirst">What has waited longest first; otherwise the newest.</param>
/// <param name="Past">The report to go on after, in this order; <see langword="null"/> from the beginning.</param>
public sealed record ReportFilter(ReportState State = ReportState.Open, bool IsMine = false, bool OldestFirst = true, long? Past = null);

/// <summary>A message that was reported, as the list shows it: all reports of it that stand alike together.</summary>
/// <param name="Id">The first of its reports.</param>
/// <param name="MessageId">The message.</param>
/// <param name="RoomId">Its room.</param>
/// <param name="RoomName">What that is called; empty for a direct conversation.</param>
/// <param name="Sender">Who wrote it.</param>
/// <param name="Reason">What it was first reported for.</param>
/// <param name="Excerpt">The beginning of its text when it was reported.</param>
/// <param name="Count">How many reports there are of it that stand alike.</param>
/// <param name="At">When it was first reported.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Handler">Who took it or decided.</param>
/// <param name="HandledAt">When.</param>
/// <param name="Outcome">What was done.</param>
public sealed record ReportRow(
    long Id, long MessageId, long RoomId, string RoomName, PersonView Sender, ReportReason Reason, string Excerpt, int Count, DateTimeOffset At,
    ReportState State, PersonView? Handler, DateTimeOffset? HandledAt, string Outcome);

/// <summary>A page of reports.</summary>
/// <param name="Rows">In the order asked for.</param>
/// <param name="HasMore">Whether there are more after the last.</param>
public sealed record ReportPage(IReadOnlyList<ReportRow> Rows, bool HasMore);

/// <summary>Somebody's report of a message.</summary>
public sealed record ReportVoice(PersonView Reporter, ReportReason Reason, string Note, DateTimeOffset At, ReportState State);

/// <summary>A reported message with what a moderator needs to decide.</summary>
/// <param name="Row">The case, as the list shows it.</param>
/// <param name="RoomKind">What kind of room it is in.</param>
/// <param name="Text">What it said when it was reported.</param>
/// <param name="Message">What it says now; <see langword="null"/> where it is not kept any more.</param>
/// <param name="Lines">What was said around it, oldest first, itself among it.</param>
/// <param name="Voices">Everybody's reports of it, decided ones too, oldest first.</param>
/// <param name="EarlierReports">How many other messages of the same person were reported.</param>
/// <param name="EarlierResolved">After how many of those something was done.</param>
/// <param name="IsReaders">Whether the reader has taken it.</param>
/// <param name="MayRelease">Whether the reader may give it back.</param>
/// <param name="MayAct">Whether the reader may act on its sender, who then is of lower rank.</param>
/// <param name="MayModerateRoom">Whether the reader may moderate the room itself, which is not so for a private one that they are not in.</param>
/// <param name="MayRemoveFromRoom">Whether the sender is still in the room and the reader may remove them.</param>
public sealed record ReportCase(
    ReportRow Row, RoomKind RoomKind, string Text, MessageView? Message, IReadOnlyList<MessageView> Lines, IReadOnlyList<ReportVoice> Voices,
    int EarlierReports, int EarlierResolved, bool IsReaders, bool MayRelease, bool MayAct, bool MayModerateRoom, bool MayRemoveFromRoom)
{
    /// <summary>Whether the message is gone: deleted, removed or not kept any more.</summary>
    public bool IsGone => Message is null or { DeletedAt: not null };

    /// <summary>Whether it says something else than when it was reported.</summary>
    public bool IsChanged => !IsGone && Message!.Text != Text;

    /// <summary>Whether the reader may decide: nobody has, and nobody else works on it.</summary>
    public bool IsOpenToReader => Row.State == ReportState.Open || (Row.State == ReportState.Claimed && IsReaders);
}

/// <summary>A report of the reader's own.</summary>
/// <param name="Id">The report.</param>
/// <param name="Excerpt">The beginning of what they reported.</param>
/// <param name="Sender">Who wrote it.</param>
/// <param name="Reason">What for.</param>
/// <param name="At">When.</param>
/// <param name="State">Where it stands.</param>
/// <param name="HandledAt">When it was decided.</param>
/// <param name="Outcome">What was done, in the moderator's words.</param>
public sealed record OwnReport(
    long Id, string Excerpt, PersonView Sender, ReportReason Reason, DateTimeOffset At, ReportState State, DateTimeOffset? HandledAt, string Outcome);
