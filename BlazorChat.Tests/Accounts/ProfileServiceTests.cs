using BlazorChat.Accounts;
using SkiaSharp;

namespace BlazorChat.Tests.Accounts;

public sealed class ProfileServiceTests : IAsyncLifetime
{
    private AccountsHost _host = null!;
    private Actor _ann = null!;

    public async ValueTask InitializeAsync() => (_host, _ann) = await AccountsHost.SetUpAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task RenameAsync_NewName_IsEverywhereAndKeepsEverySession()
    {
        var phone = await _host.SignInAsync(await _host.UserAsync(_ann.UserId));
        var before = await _host.UserAsync(_ann.UserId);

        await _host.Profiles.RenameAsync(_ann, "Anna");

        var after = await _host.UserAsync(_ann.UserId);
        Assert.Equal("Anna", after.Name);
        Assert.Equal("ANNA", after.NormalizedUserName);
        Assert.Equal(before.SecurityStamp, after.SecurityStamp);
        Assert.Equal("Anna", (await _host.Get<PeopleDirectory>().GetAsync(_ann.UserId)).Name);
        Assert.True(await _host.Sessions.IsActiveAsync(phone));
        await _host.Profiles.RenameAsync(_ann, "ANNA");
    }

    [Fact]
    public async Task RenameAsync_TakenOrBadName_IsRefused()
    {
        await _host.AddAsync(_ann, "Bob");
        await AccountsHost.RefusedAsync(Refusal.Conflict, () => _host.Profiles.RenameAsync(_ann, "bOB"));
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.Profiles.RenameAsync(_ann, "a@b"));
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.Profiles.RenameAsync(_ann, null));
        Assert.Equal("Ann", (await _host.UserAsync(_ann.UserId)).Name);
    }

    [Fact]
    public async Task ChangePasswordAsync_Right_EndsTheOtherSessionsOnly()
    {
        var phone = await _host.SignInAsync(await _host.UserAsync(_ann.UserId));

        await _host.Profiles.ChangePasswordAsync(_ann, AccountsHost.Password, "another good phrase");

        Assert.True(await _host.Sessions.IsActiveAsync(_ann));
        Assert.False(await _host.Sessions.IsActiveAsync(phone));
        await _host.SignIn.CheckAsync("ann@example.com", "another good phrase", null);
    }

    [Fact]
    public async Task ChangePasswordAsync_WrongCurrentOrWeakNew_ChangesNothing()
    {
        Assert.Equal(InputField.CurrentPassword, (await AccountsHost.RefusedAsync(
            Refusal.Invalid, () => _host.Profiles.ChangePasswordAsync(_ann, "wrong", "another good phrase"))).Field);
        Assert.Equal(InputField.Password, (await AccountsHost.RefusedAsync(
            Refusal.Invalid, () => _host.Profiles.ChangePasswordAsync(_ann, AccountsHost.Password, "password123"))).Field);
        await _host.SignIn.CheckAsync("ann@example.com", AccountsHost.Password, null);
    }

    [Fact]
    public async Task ChangePasswordAsync_Guessing_IsLimited()
    {
        for (var i = 0; i < 10; i++)
        {
            await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.Profiles.ChangePasswordAsync(_ann, $"guess {i}", "another good phrase"));
        }

        await AccountsHost.RefusedAsync(
            Refusal.TooMany, () => _host.Profiles.ChangePasswordAsync(_ann, AccountsHost.Password, "another good phrase"));
    }

    [Fact]
    public async Task EveryOperation_BySignedOutSession_IsRefused()
    {
        await _host.Sessions.EndAllAsync(_ann);
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => _host.Profiles.RenameAsync(_ann, "Anna"));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => _host.Profiles.ChangePasswordAsync(_ann, AccountsHost.Password, "another good phrase"));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(Image(8, 8))));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, () => _host.Profiles.RemoveAvatarAsync(_ann));
        await AccountsHost.RefusedAsync(Refusal.SignedOut, async () => await _host.Sessions.ListAsync(_ann));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 640, 300)]
    [InlineData(SKEncodedImageFormat.Jpeg, 2000, 3000)]
    [InlineData(SKEncodedImageFormat.Webp, 1, 1)]
    public async Task SetAvatarAsync_Image_IsStoredSquareUnderAGeneratedName(SKEncodedImageFormat format, int width, int height)
    {
        await _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(Image(width, height, format)));

        var name = (await _host.UserAsync(_ann.UserId)).Avatar;
        Assert.Matches("^[0-9a-f]{32}\\.webp$", name);
        Assert.Equal(name, (await _host.Get<PeopleDirectory>().GetAsync(_ann.UserId)).Avatar);
        await using var stored = _host.Profiles.OpenAvatar(name!);
        using var codec = SKCodec.Create(stored);
        Assert.Equal(SKEncodedImageFormat.Webp, codec.EncodedFormat);
        Assert.Equal((AvatarImage.Size, AvatarImage.Size), (codec.Info.Width, codec.Info.Height));
    }

    [Fact]
    public async Task SetAvatarAsync_Again_DeletesTheOldFile()
    {
        await _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(Image(8, 8)));
        var first = (await _host.UserAsync(_ann.UserId)).Avatar!;
        await _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(Image(8, 8)));
        Assert.Null(_host.Profiles.OpenAvatar(first));

        await _host.Profiles.RemoveAvatarAsync(_ann);
        Assert.Null((await _host.UserAsync(_ann.UserId)).Avatar);
        Assert.Empty(Directory.GetFiles(_host.AvatarDirectory));
    }

    [Fact]
    public async Task SetAvatarAsync_Polyglot_LosesEverythingButPixels()
    {
        byte[] polyglot = [.. Image(64, 64), .. "<script>alert('marked-words')</script>"u8];

        await _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(polyglot));

        var stored = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(_host.AvatarDirectory)));
        Assert.Equal(-1, stored.AsSpan().IndexOf("marked-words"u8));
    }

    public static TheoryData<string, byte[]> NotImages => new()
    {
        { "empty", [] },
        { "text", "just words"u8.ToArray() },
        { "svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray() },
        { "cut off", Image(64, 64)[..60] },
        { "too many bytes", new byte[AvatarImage.MaxBytes + 1] },
        { "too many pixels", Bomb(60_000, 60_000) },
        { "no height", Bomb(60_000, 0) },
        { "overflowing", Bomb(int.MaxValue, int.MaxValue) },
    };

    [Theory]
    [MemberData(nameof(NotImages))]
    public async Task SetAvatarAsync_NotAnImage_IsRefusedAndStoresNothing(string kind, byte[] upload)
    {
        var refused = await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(upload)));
        Assert.True(refused.Field == InputField.Avatar, kind);
        Assert.Null((await _host.UserAsync(_ann.UserId)).Avatar);
        Assert.False(Directory.Exists(_host.AvatarDirectory));
    }

    [Theory]
    [InlineData("../chat.db")]
    [InlineData("..%2fchat.db")]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdef.png")]
    [InlineData("0123456789abcdef0123456789abcdeF.webp")]
    [InlineData("/23456789abcdef0123456789abcdef0.webp")]
    public void OpenAvatar_OtherNames_FindNothing(string name) => Assert.Null(_host.Profiles.OpenAvatar(name));

    private static byte[] Image(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.Teal);
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>A PNG of a few bytes whose header promises this many pixels.</summary>
    private static byte[] Bomb(int width, int height)
    {
        var png = Image(8, 8);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));
        return png;
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
