using BlazorChat.Components.Account;

namespace BlazorChat.Tests.Accounts;

public sealed class ReturnUrlTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/rooms/1")]
    [InlineData("/rooms/1/2?x=%2F%2F#y")]
    public void OrHome_Local_IsKept(string url) => Assert.Equal(url, ReturnUrl.OrHome(url));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rooms/1")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("\t//evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/rooms\\..\\..")]
    public void OrHome_Elsewhere_LeadsHome(string? url) => Assert.Equal("/", ReturnUrl.OrHome(url));
}
