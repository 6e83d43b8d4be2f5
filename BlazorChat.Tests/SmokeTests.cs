namespace BlazorChat.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Smoke() => Assert.True(true);
}
