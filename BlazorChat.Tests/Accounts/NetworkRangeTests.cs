using System.Net;
using BlazorChat.Accounts;

namespace BlazorChat.Tests.Accounts;

public sealed class NetworkRangeTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData(" 203.0.113.7/24 ", "203.0.113.0/24")]
    [InlineData("203.0.113.7/32", "203.0.113.7")]
    [InlineData("172.16.99.1/12", "172.16.0.0/12")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7/120", "203.0.113.0/24")]
    [InlineData("2001:DB8:0:0::1", "2001:db8::1")]
    [InlineData("2001:db8:ffff::/33", "2001:db8:8000::/33")]
    [InlineData("2001:db8::1/32", "2001:db8::/32")]
    public void Parse_AnAddressOrNetwork_BecomesCanonical(string text, string canonical) =>
        Assert.Equal(canonical, NetworkRange.Text(NetworkRange.Parse(text)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("everybody")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3.4/33")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/24/24")]
    [InlineData("1.2.3.256")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%3")]
    [InlineData("::1/129")]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.0/7")]
    [InlineData("2000::/3")]
    [InlineData("::/0")]
    [InlineData("::ffff:0.0.0.0/96")]
    [InlineData("::ffff:10.0.0.0/80")]
    public void Parse_WhatIsNone_OrTooWide_IsRefused(string? text) =>
        Assert.Equal(Refusal.Invalid, Assert.Throws<RefusedException>(() => NetworkRange.Parse(text)).Refusal);

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.200", true)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.200", true)]
    [InlineData("203.0.113.0/24", "203.0.114.1", false)]
    [InlineData("203.0.113.0/24", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:0:0:1::/64", "2001:0:0:1::5", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("10.0.0.0/8", "100.0.0.1", false)]
    public void Bounds_HoldEveryAddressOfTheNetwork(string network, string address, bool contains)
    {
        var parsed = NetworkRange.Parse(network);
        Assert.Equal(contains, NetworkRange.Contains(parsed, address));
        var (from, before) = NetworkRange.Bounds(parsed);
        var stored = NetworkRange.Plain(IPAddress.Parse(address))!.ToString();
        if (contains)
        {
            Assert.True(string.CompareOrdinal(stored, from) >= 0 && (before is null || string.CompareOrdinal(stored, before) < 0));
        }
    }
}
