using System.CommandLine;
using BlazorChat.Accounts;
using BlazorChat.Data;
using BlazorChat.Notifications.WebPush;

namespace BlazorChat.Operations;

/// <summary>What an operator can have done without the browser. Each command says more with <c>--help</c>.</summary>
public static class CommandLine
{
    /// <summary>Whether the arguments name a command; otherwise they are the server's.</summary>
    public static bool Handles(string[] args) =>
        args.Length > 0 && (args[0] is "--help" or "-h" or "--version" || Root().Subcommands.Any(c => c.Name == args[0]));

    /// <summary>Runs the command.</summary>
    /// <returns>The process's exit code.</returns>
    public static Task<int> RunAsync(string[] args) => Root().Parse(args).InvokeAsync();

    private static RootCommand Root() => new("BlazorChat: team chat that you run yourself. Without a command it starts the server.")
    {
        Seed(), CreateAdmin(), ResetPassword(), TurnOffTwoFactor(), BackUp(), Restore(), ShowPushKey(),
    };

    private static Command Seed()
    {
        var users = new Option<int>("--users") { Description = "How many people.", DefaultValueFactory = _ => 10 };
        var rooms = new Option<int>("--rooms") { Description = "How many rooms besides General.", DefaultValueFactory = _ => 3 };
        var messages = new Option<int>("--messages") { Description = "How many messages, spread over the rooms.", DefaultValueFactory = _ => 1_000 };
        var file = new Option<FileInfo>("--out") { Description = "Where to write who and what was made, as JSON.", Required = true };
        var password = new Option<string>("--password") { Description = "Everybody's password.", DefaultValueFactory = _ => "seeded-password" };
        var command = new Command("seed", "Fills an empty database with people, rooms and messages, for trials and load tests.") { users, rooms, messages, file, password };
        command.SetAction((parsed, cancel) => RunAsync(services => services.GetRequiredService<Seeder>().SeedAsync(
            new SeedRequest(parsed.GetValue(users), parsed.GetValue(rooms), parsed.GetValue(messages), parsed.GetValue(password)!),
            parsed.GetValue(file)!, cancel)));
        return command;
    }

    private static Command CreateAdmin()
    {
        var name = new Option<string>("--name") { Description = "The name that others see.", Required = true };
        var email = new Option<string>("--email") { Description = "For signing in.", Required = true };
        var password = new Option<string>("--password") { Description = "At least 10 characters.", Required = true };
        var command = new Command("create-admin", "Makes an administrator's account, also where nobody can sign in any more.") { name, email, password };
        command.SetAction((parsed, _) => RunAsync(async services =>
        {
            await AccountCommands.CreateAdminAsync(services, parsed.GetValue(name)!, parsed.GetValue(email)!, parsed.GetValue(password)!);
            Console.WriteLine($"{parsed.GetValue(email)} is an administrator.");
        }));
        return command;
    }

    private static Command ResetPassword()
    {
        var email = new Option<string>("--email") { Description = "Whose password.", Required = true };
        var command = new Command("reset-password", "Gives an account a new random password, prints it, and ends the account's sessions. A second factor stays on.") { email };
        command.SetAction((parsed, _) => RunAsync(async services =>
            Console.WriteLine(await AccountCommands.ResetPasswordAsync(services, parsed.GetValue(email)!))));
        return command;
    }

    private static Command TurnOffTwoFactor()
    {
        var email = new Option<string>("--email") { Description = "Whose second factor.", Required = true };
        var command = new Command("turn-off-two-factor", "Lets an account sign in by password alone, as when its phone and recovery codes are lost.") { email };
        command.SetAction((parsed, _) => RunAsync(async services =>
        {
            await AccountCommands.TurnOffTwoFactorAsync(services, parsed.GetValue(email)!);
            Console.WriteLine($"{parsed.GetValue(email)} signs in by password alone.");
        }));
        return command;
    }

    private static Command BackUp()
    {
        var file = new Option<FileInfo>("--out") { Description = "The archive to write (.zip); must not exist.", Required = true };
        var command = new Command("backup", "Writes the database, uploads and keys to one archive, also while the server runs.") { file };
        command.SetAction((parsed, cancel) => RunAsync(services => services.GetRequiredService<Backup>().WriteAsync(parsed.GetValue(file)!, cancel), prepare: false));
        return command;
    }

    private static Command Restore()
    {
        var file = new Option<FileInfo>("--from") { Description = "The archive to read.", Required = true };
        var command = new Command("restore", "Puts a backup into an empty data directory; start the server afterwards.") { file };
        command.SetAction((parsed, cancel) => RunAsync(services => services.GetRequiredService<Backup>().RestoreAsync(parsed.GetValue(file)!, cancel), prepare: false));
        return command;
    }

    private static Command ShowPushKey()
    {
        var command = new Command(
            "vapid-keys",
            "Shows the public key by which push services know this server, and makes the key pair where there is none yet. The private "
            + "key stays in the folder push of the data directory, readable with the folder keys beside it only.");
        command.SetAction((_, _) => RunAsync(
            services =>
            {
                Console.WriteLine(services.GetRequiredService<VapidKeys>().PublicKey);
                return Task.CompletedTask;
            },
            prepare: false));
        return command;
    }

    private static async Task<int> RunAsync(Func<IServiceProvider, Task> action, bool prepare = true)
    {
        await using var app = Program.Build(["--Logging:LogLevel:Default=Warning"]);
        try
        {
            if (prepare)
            {
                await app.Services.PrepareDataAsync();
            }

            await action(app.Services);
            return 0;
        }
        catch (Exception refused) when (refused is RefusedException or PushKeyException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }
}
