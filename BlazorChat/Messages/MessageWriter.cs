using System.Threading.Channels;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Messages;

/// <summary>
/// The one writer of messages. It takes what waits, up to <see cref="GroupSize"/> writes, and commits it in one
/// transaction: one fsync for the group. Only after the commit are events raised and senders answered, in the order of the
/// rooms' sequence numbers.
/// </summary>
public sealed class MessageWriter(
    IDbContextFactory<ChatDbContext> contexts, MessageGroup group, RecentMessages recent, ReadPointers pointers,
    ChatService chat, ILogger<MessageWriter> logger) : BackgroundService
{
    /// <summary>Most writes in one commit.</summary>
    public const int GroupSize = 256;

    /// <summary>Most writes that wait; beyond it senders are told to try again, so that an overload does not grow the heap.</summary>
    public const int QueueSize = 10_000;

    private readonly Channel<PendingWrite> _queue = Channel.CreateBounded<PendingWrite>(
        new BoundedChannelOptions(QueueSize) { SingleReader = true });

    /// <summary>Writes that wait for the next group.</summary>
    internal int Waiting => _queue.Reader.Count;

    /// <summary>Queues a write; the task completes when it is on disk.</summary>
    /// <exception cref="RefusedException">Refused, or it cannot be stored at the moment.</exception>
    internal Task<MessageView> WriteAsync(PendingWrite write) =>
        _queue.Writer.TryWrite(write)
            ? write.Done
            : throw new RefusedException(Refusal.Unavailable, "The server is busy. Your message was not stored; it is safe to try again.");

    /// <summary>Takes nothing more in, and writes what waits.</summary>
    /// <param name="cancellationToken">Ends the patience of a shutdown.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();

        // Before the stop itself: that would cancel a writer that was started a moment ago and has not begun, with all that waits.
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var writes = new List<PendingWrite>(GroupSize);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (writes.Count < GroupSize && _queue.Reader.TryRead(out var write))
            {
                writes.Add(write);
            }

            await CommitAsync(writes);
            writes.Clear();
        }
    }

    private async Task CommitAsync(List<PendingWrite> writes)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            await using (var transaction = await db.Database.BeginTransactionAsync())
            {
                await group.ApplyAsync(db, writes);
                await transaction.CommitAsync();
            }
        }
        catch (Exception exception) when (writes.Count > 1 && !DatabaseFault.IsOutage(exception))
        {
            // One bad write must not take its group along: each gets a transaction of its own.
            logger.LogWarning(exception, "A group of {Count} message writes failed; trying them one by one.", writes.Count);
            foreach (var write in writes)
            {
                write.Reset();
                await CommitAsync([write]);
            }

            return;
        }
        catch (Exception exception)
        {
            // Where the database takes nothing, trying one by one would make each sender wait for all before.
            logger.LogError(exception, "{Count} message writes could not be stored.", writes.Count);
            writes.ForEach(write => write.Fail(new RefusedException(
                Refusal.Unavailable, "The server could not store this just now. Nothing was lost; try again in a moment.", exception)));
            return;
        }

        foreach (var write in writes)
        {
            Raise(write);
            write.Complete();
        }

        chat.Raise(new LogGrew());
    }

    private void Raise(PendingWrite write)
    {
        switch (write)
        {
            case { Refusal: not null } or PendingPost { IsResend: true }:
                break;
            case PendingPost { Result: { } posted } post:
                recent.Append(posted);
                pointers.Advance(posted.Sender.Id, posted.RoomId, posted.Seq, tellAll: false);
                chat.Raise(new MessagePosted(posted, post.Mentions));
                break;
            case PendingAlteration alteration:
                if (alteration is PendingExpiry { Expired: { } expired })
                {
                    recent.Forget(expired.RoomId);
                    chat.Raise(expired);
                }

                alteration.Changed.ForEach(Raise);
                alteration.Unpinned.ForEach(chat.Raise);
                break;
        }
    }

    private void Raise(MessageView changed)
    {
        recent.Replace(changed);
        chat.Raise(changed.DeletedAt is null ? new MessageEdited(changed) : new MessageDeleted(changed));
    }
}
