using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Data;

/// <summary>Registers and prepares the database and the data directory.</summary>
public static class DataSetup
{
    /// <summary>Adds the pooled context factory and the keys that protect cookies and tokens.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["Database:Provider"] is { Length: > 0 } provider && !provider.Equals("Sqlite", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException($"Database:Provider is {provider}; this version stores in Sqlite.");
        }

        var directory = new DataDirectory(configuration);
        services.AddSingleton(directory);
        services.AddDataProtection()
            .SetApplicationName("BlazorChat")
            .PersistKeysToFileSystem(Directory.CreateDirectory(directory.Combine("keys")));

        var connectionString = configuration.GetConnectionString("Chat") is { Length: > 0 } configured
            ? configured
            : new SqliteConnectionStringBuilder
            {
                DataSource = directory.Combine("chat.db"),
                // How long the driver goes on trying a busy database, besides SQLite's own wait: 30 seconds would be too long to
                // leave a sender without an answer.
                DefaultTimeout = 5,
            }.ConnectionString;
        services.AddPooledDbContextFactory<ChatDbContext>(options => options
            .UseSqlite(connectionString)
            .AddInterceptors(new SqlitePragmas()));
        return services;
    }

    /// <summary>Brings the database to this version's schema; creates it when there is none.</summary>
    public static async Task PrepareDataAsync(this IServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
    }
}
