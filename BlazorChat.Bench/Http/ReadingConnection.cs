namespace BlazorChat.Bench.Http;

/// <summary>Gets one address after the other.</summary>
internal sealed class ReadingConnection(Uri server, string token, Func<string> nextPath, RequestTimes times) : RestConnection(server, token, times)
{
    public override void Next() => Get(nextPath());
}
