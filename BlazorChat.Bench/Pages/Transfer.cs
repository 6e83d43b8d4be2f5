using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using BlazorChat.Bench.Server;

namespace BlazorChat.Bench.Pages;

/// <summary>One answer: how long until it began, what travelled, and what it said.</summary>
/// <param name="FirstByte">Ticks from the request to the answer's headers.</param>
/// <param name="Bytes">Bytes of the body as they travelled.</param>
/// <param name="Encoding">How they were compressed, or an empty text.</param>
/// <param name="MediaType">What the body is.</param>
/// <param name="Text">The body, unpacked; empty for what is not text.</param>
internal sealed record Transfer(long FirstByte, long Bytes, string Encoding, string MediaType, string Text)
{
    /// <summary>Fetches one address as a browser asks for it.</summary>
    public static async Task<Transfer> OfAsync(Visitor visitor, string path, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd("gzip, deflate, br");
        request.Headers.Accept.ParseAdd("text/html,*/*;q=0.8");
        var since = Stopwatch.GetTimestamp();
        using var answer = await visitor.SendAsync(request, cancellation);
        var firstByte = Stopwatch.GetTimestamp() - since;
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{path} gave {(int)answer.StatusCode}.");
        }

        var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
        var encoding = string.Join(' ', answer.Content.Headers.ContentEncoding);
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        return new Transfer(firstByte, body.Length, encoding, type, IsText(type) ? await UnpackAsync(body, encoding, cancellation) : "");
    }

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.Ordinal) || type.Contains("javascript", StringComparison.Ordinal);

    private static async Task<string> UnpackAsync(byte[] body, string encoding, CancellationToken cancellation)
    {
        await using Stream unpacked = encoding switch
        {
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => new MemoryStream(body),
        };
        using var reader = new StreamReader(unpacked, System.Text.Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }
}
