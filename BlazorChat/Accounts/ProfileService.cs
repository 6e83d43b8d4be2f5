using System.Security.Cryptography;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Data;
using BlazorChat.Filtering;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Accounts;

/// <summary>What a person changes about their own account.</summary>
public sealed class ProfileService(
    IServiceScopeFactory scopes, SessionRegistry sessions, PeopleDirectory people, CurrentPassword password, IFileStore files,
    CommunityService community, TextFilter filter) : IDisposable
{
    /// <summary>The folder of the file store that holds avatars.</summary>
    public const string AvatarFolder = "avatars";

    // One at a time: decoding is the one thing here that takes much memory.
    private readonly SemaphoreSlim _decoding = new(1);

    /// <summary>Who the actor is, with what others do not see.</summary>
    public async Task<OwnProfile> GetAsync(Actor actor)
    {
        await sessions.RequireInRoomsAsync(actor, Scope.Read);
        await using var scope = scopes.CreateAsyncScope();
        var email = await scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>().Users
            .Where(u => u.Id == actor.UserId).Select(u => u.Email).SingleAsync();
        return new OwnProfile(await people.GetAsync(actor.UserId), email);
    }

    /// <summary>Takes another name.</summary>
    public async Task RenameAsync(Actor actor, string? name)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        var parsed = filter.Name(name);
        await ChangeAsync(actor, async (users, user) =>
        {
            // Not SetUserNameAsync: that also renews the security stamp, which would sign out every other browser.
            user.UserName = parsed;
            IdentityErrors.Require(await users.UpdateAsync(user));
        });
    }

    /// <summary>Changes the password and ends every other session.</summary>
    public async Task ChangePasswordAsync(Actor actor, string? current, string? replacement)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await ChangeAsync(actor, async (users, user) =>
        {
            password.Require(user, current);
            PasswordRules.Check(replacement, user.UserName, user.Email);
            IdentityErrors.Require(await users.ChangePasswordAsync(user, current!, replacement!));
        });
        await sessions.EndOthersAsync(actor.UserId, actor.SessionId);
    }

    /// <summary>Takes an uploaded image as avatar.</summary>
    public async Task SetAvatarAsync(Actor actor, Stream upload)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        var image = await EncodeAsync(upload);
        var name = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}.webp";
        await files.SaveAsync(AvatarFolder, name, image);
        await ReplaceAvatarAsync(actor, name);
    }

    /// <summary>Goes back to coloured initials.</summary>
    public async Task RemoveAvatarAsync(Actor actor)
    {
        await sessions.RequireAsync(actor, Scope.Account);
        await ReplaceAvatarAsync(actor, null);
    }

    /// <summary>An avatar to send to a signed-in person; <see langword="null"/> if there is none of this name.</summary>
    public Stream? OpenAvatar(string name) => IsAvatarName(name) ? files.OpenRead(AvatarFolder, name) : null;

    private static bool IsAvatarName(string name) =>
        name.Length == 37 && name.EndsWith(".webp", StringComparison.Ordinal) && name.Take(32).All(char.IsAsciiHexDigitLower);

    private async Task ReplaceAvatarAsync(Actor actor, string? name)
    {
        string? previous = null;
        await ChangeAsync(actor, async (users, user) =>
        {
            previous = user.Avatar;
            user.Avatar = name;
            IdentityErrors.Require(await users.UpdateAsync(user));
        });
        if (previous is not null)
        {
            files.Delete(AvatarFolder, previous);
        }
    }

    private async Task<byte[]> EncodeAsync(Stream upload)
    {
        var limit = (await community.GetAsync()).LargestUpload;
        using var buffer = new MemoryStream();
        var chunk = new byte[81920];
        int read;
        while ((read = await upload.ReadAsync(chunk)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > limit)
            {
                throw AvatarImage.TooLarge(limit);
            }
        }

        await _decoding.WaitAsync();
        try
        {
            // Off the caller's thread: a circuit would stand still meanwhile.
            return await Task.Run(() => AvatarImage.Encode(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        }
        finally
        {
            _decoding.Release();
        }
    }

    private async Task ChangeAsync(Actor actor, Func<UserManager<AppUser>, AppUser, Task> change)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await scope.ServiceProvider.GetRequiredService<ChatDbContext>().Users.SingleOrDefaultAsync(u => u.Id == actor.UserId)
            ?? throw RefusedException.SignedOut();
        try
        {
            await change(users, user);
        }
        catch (DbUpdateException e)
        {
            throw new RefusedException(Refusal.Conflict, "Somebody else was quicker. Try again.", e);
        }

        people.Changed(user);
    }

    /// <inheritdoc/>
    public void Dispose() => _decoding.Dispose();
}
