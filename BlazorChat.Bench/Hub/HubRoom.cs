namespace BlazorChat.Bench.Hub;

/// <summary>A room with the clients in it.</summary>
internal sealed class HubRoom(long id)
{
    public long Id { get; } = id;

    public List<HubClient> Clients { get; } = [];

    /// <summary>Messages sent to it, whatever became of them.</summary>
    public int Sent { get; set; }
}
