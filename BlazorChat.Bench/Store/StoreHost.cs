using BlazorChat.Accounts;
using BlazorChat.Bench.Server;
using BlazorChat.Data;
using BlazorChat.Live;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Bench.Store;

/// <summary>The application's services on a data directory, without its web server.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private readonly IHost _host;

    private StoreHost(IHost host) => _host = host;

    public MessageService Messages => _host.Services.GetRequiredService<MessageService>();

    public MessageQueries Queries => _host.Services.GetRequiredService<MessageQueries>();

    public MessageSearch Search => _host.Services.GetRequiredService<MessageSearch>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<StoreHost> StartAsync(
        string dataDirectory, CancellationToken cancellation, Action<IServiceCollection>? besides = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Chat:DataDirectory"] = dataDirectory;
        foreach (var limited in Enum.GetNames<Limited>())
        {
            builder.Configuration[$"Limits:{limited}:Burst"] = builder.Configuration[$"Limits:{limited}:PerSecond"] = "1000000";
        }

        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft", LogLevel.Error);
        builder.Services.AddLive().AddData(builder.Configuration).AddMail(builder.Configuration).AddAccounts(builder.Configuration).AddRooms().AddMessages();
        besides?.Invoke(builder.Services);
        var host = builder.Build();
        await host.Services.PrepareDataAsync();
        await host.StartAsync(cancellation);
        return new StoreHost(host);
    }

    /// <summary>A signed-in session for a person.</summary>
    public async Task<Actor> ActorAsync(SeedUser user) =>
        new(user.Id, await _host.Services.GetRequiredService<SessionRegistry>().StartAsync(user.Id, "bench"));

    /// <summary>The single value of a statement, on a connection as the application opens it.</summary>
    public async Task<string> AskAsync(string sql, CancellationToken cancellation)
    {
        await using var db = await _host.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync(cancellation);
        await db.Database.OpenConnectionAsync(cancellation);
        await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // Constants of this program.
        command.CommandText = sql;
#pragma warning restore CA2100
        return $"{await command.ExecuteScalarAsync(cancellation)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}
