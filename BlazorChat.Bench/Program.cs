using System.CommandLine;
using BlazorChat.Bench.Admin;
using BlazorChat.Bench.Circuits;
using BlazorChat.Bench.Http;
using BlazorChat.Bench.Hub;
using BlazorChat.Bench.Pages;
using BlazorChat.Bench.Privacy;
using BlazorChat.Bench.Push;
using BlazorChat.Bench.Retaining;
using BlazorChat.Bench.Revoke;
using BlazorChat.Bench.Store;

var server = new Option<string?>("--server") { Description = "A directory with a built or published server (default: the one built with this program)" };

var root = new RootCommand("Measures BlazorChat against its budgets. Exit code 0 when all were met, 1 otherwise.")
{
    Circuits(server),
    Pages(server),
    Store(server),
    Search(server),
    Hub(server),
    Http(server),
    Push(server),
    Retention(server),
    Privacy(server),
    Revoke(server),
    Admin(server),
};
return await root.Parse(args).InvokeAsync();

static Option<T> Setting<T>(string name, T value, string description) => new(name)
{
    Description = description,
    DefaultValueFactory = _ => value,
};

static Command Circuits(Option<string?> server)
{
    var circuits = Setting("--circuits", 300, "Open tabs, each of another person");
    var rooms = Setting("--rooms", 6, "Rooms that they are spread over");
    var rate = Setting("--rate", 60.0, "Messages a second over all rooms");
    var seconds = Setting("--seconds", 15, "How long at that rate");
    var warmUp = Setting("--warm-up", 5, "Seconds at that rate before anything counts");
    var idle = Setting("--idle", 5, "Seconds of silence that give the idle CPU");
    var burst = Setting("--burst", 20, "Messages to each room at once");
    var compress = Setting("--compress", false, "Ask for WebSocket compression, as browsers do");
    var command = new Command("circuits", "Heap, CPU and latency of open room pages") { circuits, rooms, rate, seconds, warmUp, idle, burst, compress, server };
    command.SetAction((parsed, cancellation) => CircuitsBench.RunAsync(new CircuitsOptions(
        parsed.GetValue(circuits), parsed.GetValue(rooms), parsed.GetValue(rate), parsed.GetValue(seconds),
        parsed.GetValue(warmUp), parsed.GetValue(idle), parsed.GetValue(burst), parsed.GetValue(compress), parsed.GetValue(server)), cancellation));
    return command;
}

static Command Pages(Option<string?> server)
{
    var requests = Setting("--requests", 200, "Times that each page is fetched");
    var starts = Setting("--starts", 3, "Times that the server is started");
    var list = Setting("--list", false, "List each address with its bytes");
    var command = new Command("pages", "Time to first byte and bytes of a first visit; start to ready") { requests, starts, list, server };
    command.SetAction((parsed, cancellation) => PagesBench.RunAsync(new PagesOptions(
        parsed.GetValue(requests), parsed.GetValue(starts), parsed.GetValue(list), parsed.GetValue(server)), cancellation));
    return command;
}

static Command Store(Option<string?> server)
{
    var inFlight = Setting("--in-flight", 64, "Posts that wait for their commit at the same time");
    var rooms = Setting("--rooms", 16, "Rooms that they go to");
    var seconds = Setting("--seconds", 10, "How long to post");
    var messages = Setting("--messages", 1_000_000, "Messages in the database that pages are read from; 0 leaves reading out");
    var reads = Setting("--reads", 3_000, "Pages read of each kind");
    var command = new Command("store", "Durable posts a second, and pages of history from a large database") { inFlight, rooms, seconds, messages, reads, server };
    command.SetAction((parsed, cancellation) => StoreBench.RunAsync(new StoreOptions(
        parsed.GetValue(inFlight), parsed.GetValue(rooms), parsed.GetValue(seconds), parsed.GetValue(messages),
        parsed.GetValue(reads), parsed.GetValue(server)), cancellation));
    return command;
}

static Command Search(Option<string?> server)
{
    var messages = Setting("--messages", 1_000_000, "Messages in the database that is searched");
    var searches = Setting("--searches", 500, "Searches of each kind");
    var command = new Command("search", "Searches of a large database, by people in few and in many rooms") { messages, searches, server };
    command.SetAction((parsed, cancellation) => SearchBench.RunAsync(
        new SearchOptions(parsed.GetValue(messages), parsed.GetValue(searches), parsed.GetValue(server)), cancellation));
    return command;
}

static Command Hub(Option<string?> server)
{
    var preset = new Option<string?>("--preset") { Description = "Only one of the loads that have budgets (default: all, one after the other)" };
    preset.AcceptOnlyFromAmong([.. HubLoad.Presets.Keys]);
    var mode = new Option<string?>("--mode") { Description = "A load of your own in place of those with budgets" };
    mode.AcceptOnlyFromAmong("open", "closed", "idle");
    var clients = Setting("--clients", 1000, "Of your own load: connections, each of another person");
    var rooms = Setting("--rooms", 10, "Of your own load: rooms that they are spread over");
    var rate = Setting("--rate", 20.0, "Of your own load: messages a second over all rooms, with --mode open");
    var seconds = Setting("--seconds", 30, "Of your own load: how long it counts");
    var protocol = Setting("--protocol", "json", "How the hub is spoken to");
    protocol.AcceptOnlyFromAmong("json", "messagepack");
    var warmUp = Setting("--warm-up", 8, "Seconds of the same before anything counts");
    var idle = Setting("--idle", 5, "Seconds of silence that give the idle CPU");
    var command = new Command("hub", "Latency, CPU and memory of token clients on the hub. Linux only; each client is an open file here and one in the "
        + "server, so 5,000 need a hard limit (ulimit -Hn) of 6,000 or more")
    {
        preset, mode, clients, rooms, rate, seconds, protocol, warmUp, idle, server,
    };
    command.SetAction((parsed, cancellation) =>
    {
        IReadOnlyList<HubLoad> loads = parsed.GetValue(mode) is { } own
            ? [new HubLoad(parsed.GetValue(clients), parsed.GetValue(rooms), Enum.Parse<HubMode>(own, ignoreCase: true), parsed.GetValue(rate), parsed.GetValue(seconds), new HubBudgets())]
            : parsed.GetValue(preset) is { } name ? [HubLoad.Presets[name]] : [.. HubLoad.Presets.Values];
        return HubBench.RunAsync(new HubOptions(loads, parsed.GetValue(protocol)!, parsed.GetValue(warmUp), parsed.GetValue(idle), parsed.GetValue(server)), cancellation);
    });
    return command;
}

static Command Http(Option<string?> server)
{
    var clients = Setting("--clients", 16, "Kept-alive connections, each of another person");
    var seconds = Setting("--seconds", 10, "How long to post");
    var warmUp = Setting("--warm-up", 5, "Seconds of posting before anything counts");
    var messages = Setting("--messages", 1_000_000, "Messages in the database that is read and searched; 0 leaves that out");
    var readSeconds = Setting("--read-seconds", 4, "How long to read each kind of page");
    var command = new Command("http", "Durable posts by REST a second, pages and search in a large database. Linux only")
    {
        clients, seconds, warmUp, messages, readSeconds, server,
    };
    command.SetAction((parsed, cancellation) => HttpBench.RunAsync(new HttpOptions(
        parsed.GetValue(clients), parsed.GetValue(seconds), parsed.GetValue(warmUp), parsed.GetValue(messages), parsed.GetValue(readSeconds),
        parsed.GetValue(server)), cancellation));
    return command;
}

static Command Push(Option<string?> server)
{
    var devices = Setting("--devices", 1_000, "Browsers that are notified, each of another person");
    var rooms = Setting("--rooms", 10, "Rooms that all of them are in: a message in each is so many notifications a browser");
    var senders = Setting("--senders", 8, "People who post in rooms of their own meanwhile");
    var rate = Setting("--rate", 100.0, "Messages a second that these post together");
    var seconds = Setting("--seconds", 15, "How long they post without notifications, and how long at least with");
    var command = new Command("push", "Notifications to browsers: all delivered, rate, CPU, memory, and what senders notice of it. Linux only")
    {
        devices, rooms, senders, rate, seconds, server,
    };
    command.SetAction((parsed, cancellation) => PushBench.RunAsync(new PushBenchOptions(
        parsed.GetValue(devices), parsed.GetValue(rooms), parsed.GetValue(senders), parsed.GetValue(rate), parsed.GetValue(seconds),
        parsed.GetValue(server)), cancellation));
    return command;
}

static Command Retention(Option<string?> server)
{
    var messages = Setting("--messages", 100_000, "Messages that are too old");
    var rooms = Setting("--rooms", 8, "Rooms that they are in");
    var senders = Setting("--senders", 8, "People who post meanwhile");
    var rate = Setting("--rate", 100.0, "Messages a second that these post together");
    var seconds = Setting("--seconds", 20, "How long they post without retention, and how long at the most with");
    var command = new Command("retention", "Deletion of old messages: the time of a batch, and what senders notice of it") { messages, rooms, senders, rate, seconds, server };
    command.SetAction((parsed, cancellation) => RetentionBench.RunAsync(new RetentionOptions(
        parsed.GetValue(messages), parsed.GetValue(rooms), parsed.GetValue(senders), parsed.GetValue(rate), parsed.GetValue(seconds),
        parsed.GetValue(server)), cancellation));
    return command;
}

static Command Privacy(Option<string?> server)
{
    var messages = Setting("--messages", 1_000_000, "Messages of the community");
    var share = Setting("--share", 10, "One of how many is by the person who leaves");
    var senders = Setting("--senders", 8, "People who post meanwhile");
    var rate = Setting("--rate", 100.0, "Messages a second that these post together");
    var seconds = Setting("--seconds", 10, "How long they post while nothing else happens");
    var command = new Command("privacy", "Export and deletion of somebody who wrote a great deal: time, memory, and what senders notice of it")
    {
        messages, share, senders, rate, seconds, server,
    };
    command.SetAction((parsed, cancellation) => PrivacyBench.RunAsync(new PrivacyOptions(
        parsed.GetValue(messages), parsed.GetValue(share), parsed.GetValue(senders), parsed.GetValue(rate), parsed.GetValue(seconds),
        parsed.GetValue(server)), cancellation));
    return command;
}

static Command Revoke(Option<string?> server)
{
    var people = Setting("--people", 200, "People with a circuit, a hub connection and a token each");
    var bans = Setting("--bans", 50, "How many of them are banned");
    var pace = Setting("--pace", 5.0, "Bans a second");
    var rooms = Setting("--rooms", 4, "Rooms that they are spread over");
    var rate = Setting("--rate", 40.0, "Messages a second over all rooms meanwhile");
    var command = new Command("revoke", "From the press of Ban to the last frame of the banned: circuit, hub connection, token") { people, bans, pace, rooms, rate, server };
    command.SetAction((parsed, cancellation) => RevokeBench.RunAsync(new RevokeOptions(
        parsed.GetValue(people), parsed.GetValue(bans), parsed.GetValue(pace), parsed.GetValue(rooms), parsed.GetValue(rate), parsed.GetValue(server)), cancellation));
    return command;
}

static Command Admin(Option<string?> server)
{
    var people = Setting("--people", 100_000, "People in the community");
    var entries = Setting("--entries", 1_000_000, "Entries of the audit log");
    var times = Setting("--times", 20, "Times that each question is asked");
    var command = new Command("admin", "The pages of the administration in a large community: each page, sort and search, within 200 ms") { people, entries, times, server };
    command.SetAction((parsed, cancellation) => AdminBench.RunAsync(new AdminOptions(
        parsed.GetValue(people), parsed.GetValue(entries), parsed.GetValue(times), parsed.GetValue(server)), cancellation));
    return command;
}
