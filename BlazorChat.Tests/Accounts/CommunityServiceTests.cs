using BlazorChat.Accounts;

namespace BlazorChat.Tests.Accounts;

public sealed class CommunityServiceTests : IAsyncLifetime
{
    private AccountsHost _host = null!;
    private Actor _ann = null!;

    public async ValueTask InitializeAsync() => (_host, _ann) = await AccountsHost.SetUpAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task SaveAsync_TwoAtOnce_TheSecondIsToldInsteadOfOverwriting()
    {
        var seen = CommunityChoices.Of(_host.Community.Current);
        await _host.Community.SaveAsync(_ann, seen with { EditMinutes = 15 }, seen);

        await AccountsHost.RefusedAsync(Refusal.Conflict, () => _host.Community.SaveAsync(_ann, seen with { Name = "Port" }, seen));
        Assert.Equal(("Harbour", 15), (_host.Community.Current.Name, _host.Community.Current.EditMinutes));

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => Task.Run(async () =>
        {
            var now = CommunityChoices.Of(_host.Community.Current);
            return await Record.ExceptionAsync(() => _host.Community.SaveAsync(_ann, new CommunityChoices($"Port {i}", EditMinutes: 15), new CommunityChoices("Harbour", EditMinutes: 15)));
        })));
        Assert.Single(outcomes, o => o is null);
    }

    [Theory]
    [InlineData(-1, null, null, InputField.EditMinutes)]
    [InlineData(CommunityChoices.MaxEditMinutes + 1, null, null, InputField.EditMinutes)]
    [InlineData(null, 0, null, InputField.RetentionDays)]
    [InlineData(null, CommunityChoices.MaxRetentionDays + 1, null, InputField.RetentionDays)]
    [InlineData(null, null, CommunityChoices.MinUploadBytes - 1, InputField.MaxUpload)]
    [InlineData(null, null, AvatarImage.MaxBytes + 1, InputField.MaxUpload)]
    public async Task SaveAsync_OutOfItsLimits_ChangesNothing(int? edit, int? retention, int? upload, string field)
    {
        var seen = CommunityChoices.Of(_host.Community.Current);
        var refused = await AccountsHost.RefusedAsync(
            Refusal.Invalid, () => _host.Community.SaveAsync(_ann, new CommunityChoices("Port", RegistrationMode.Open, edit, retention, upload), seen));
        Assert.Equal((field, "Harbour"), (refused.Field, _host.Community.Current.Name));
        await AccountsHost.RefusedAsync(Refusal.Invalid, () => _host.Community.SaveAsync(_ann, seen with { Registration = (RegistrationMode)7 }, seen));
    }

    [Fact]
    public async Task RegisterAsync_WhileClosed_AdmitsNobodyAndSpendsNoInvite()
    {
        var invite = await _host.Invites.CreateAsync(_ann, 1, 1);
        await _host.ChangeSettingsAsync(_ann, seen => seen with { Registration = RegistrationMode.Closed });

        foreach (var code in new[] { null, "wrong", invite.Code })
        {
            var refused = await AccountsHost.RefusedAsync(
                Refusal.Forbidden, () => _host.Registration.RegisterAsync("Bob", "bob@example.com", AccountsHost.Password, code));
            Assert.Equal(RegistrationService.Closed, refused.Message);
        }

        await _host.ChangeSettingsAsync(_ann, seen => seen with { Registration = RegistrationMode.ByInvite });
        await _host.Registration.RegisterAsync("Bob", "bob@example.com", AccountsHost.Password, invite.Code);
    }

    [Fact]
    public async Task SetAvatarAsync_AboveTheCommunitysLimit_IsRefusedWithTheLimit()
    {
        await _host.ChangeSettingsAsync(_ann, seen => seen with { MaxUploadBytes = 256 * 1024 });
        var refused = await AccountsHost.RefusedAsync(
            Refusal.Invalid, () => _host.Profiles.SetAvatarAsync(_ann, new MemoryStream(new byte[256 * 1024 + 1])));
        Assert.Equal("This file is too large; 256 KB is the most.", refused.Message);
    }
}
