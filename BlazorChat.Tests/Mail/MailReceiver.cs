using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BlazorChat.Tests.Journeys;
using MimeKit;

namespace BlazorChat.Tests.Mail;

/// <summary>What the mail server took.</summary>
internal sealed record ReceivedMail(string Sender, string[] Recipients, bool IsSecure, string? User, string Raw, MimeMessage Message)
{
    /// <summary>A header's lines as they came, without the name.</summary>
    public string Header(string name) => Message.Headers[name] ?? "";

    public string Text => Message.TextBody!.ReplaceLineEndings("\n");

    public string Html => Message.HtmlBody!;

    /// <summary>The addresses that the HTML leads to.</summary>
    public string[] Links => [.. System.Text.RegularExpressions.Regex.Matches(Html, "href=\"([^\"]+)\"").Select(m => System.Net.WebUtility.HtmlDecode(m.Groups[1].Value))];
}

/// <summary>A real mail server on this machine: Debian's python3-aiosmtpd in a process of its own.</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private const string Debians = "/usr/bin/python3";
    private static readonly string Python = File.Exists(Debians) ? Debians : "python3";
    private static readonly Lazy<bool> IsThere = new(Look);

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _errors = new();
    private int _connections;

    private MailReceiver(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, ["-u", Path.Combine(ServerProcess.Root, "BlazorChat.Tests", "Mail", "receiver.py"), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"The mail server ended: {_errors}"));
        _process.EnableRaisingEvents = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; private set; }

    /// <summary>In the order in which it came.</summary>
    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts one; skips the test where it is not installed, which is a failure in continuous integration.</summary>
    public static async Task<MailReceiver> StartAsync(params string[] arguments)
    {
        if (!IsThere.Value)
        {
            const string Missing = "python3-aiosmtpd is not installed.";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", Missing);
            Assert.Fail(Missing);
        }

        var receiver = new MailReceiver(arguments);
        receiver.Port = await receiver._listening.Task.WaitAsync(Wait.Limit);
        return receiver;
    }

    /// <summary>Another one on the same port, when this one was disposed of.</summary>
    public Task<MailReceiver> AgainAsync() => StartAsync("--port", Port.ToString(CultureInfo.InvariantCulture));

    /// <summary>The settings under which a server sends here.</summary>
    public Dictionary<string, string?> Settings(params (string Name, string? Value)[] others) => new(others.Select(o => KeyValuePair.Create(o.Name, o.Value)))
    {
        ["Smtp:Host"] = "127.0.0.1",
        ["Smtp:Port"] = Port.ToString(CultureInfo.InvariantCulture),
        ["Smtp:Security"] = others.FirstOrDefault(o => o.Name == "Smtp:Security").Value ?? "None",
        ["Smtp:From"] = "chat@example.com",
        ["Chat:BaseUrl"] = "https://chat.example.com",
    };

    /// <summary>Waits for so many, and returns all.</summary>
    public async Task<ReceivedMail[]> ReceivesAsync(int count = 1)
    {
        await Wait.Until(() => Mails.Count >= count);
        return [.. Mails];
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Wait.Limit);
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        var json = JsonDocument.Parse(line).RootElement;
        switch (json.GetProperty("event").GetString())
        {
            case "listening":
                _listening.SetResult(json.GetProperty("port").GetInt32());
                break;
            case "connection":
                Interlocked.Increment(ref _connections);
                break;
            default:
                var raw = json.GetProperty("raw").GetBytesFromBase64();
                Mails.Enqueue(new ReceivedMail(
                    json.GetProperty("sender").GetString()!, [.. json.GetProperty("recipients").EnumerateArray().Select(r => r.GetString()!)],
                    json.GetProperty("tls").GetBoolean(), json.GetProperty("user").GetString(), Encoding.UTF8.GetString(raw),
                    MimeMessage.Load(new MemoryStream(raw))));
                break;
        }
    }

    private static bool Look()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import aiosmtpd"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
