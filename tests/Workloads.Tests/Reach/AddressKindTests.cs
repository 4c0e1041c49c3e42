using System.Net;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>Which addresses the internet reaches.</summary>
public sealed class AddressKindTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressKind.Public)]
    [InlineData("9.255.255.255", AddressKind.Public)]
    [InlineData("10.0.0.0", AddressKind.Private)]
    [InlineData("10.255.255.255", AddressKind.Private)]
    [InlineData("11.0.0.0", AddressKind.Public)]
    [InlineData("100.63.255.255", AddressKind.Public)]
    [InlineData("100.64.0.0", AddressKind.CarrierGrade)]
    [InlineData("100.127.255.255", AddressKind.CarrierGrade)]
    [InlineData("100.128.0.0", AddressKind.Public)]
    [InlineData("192.0.0.4", AddressKind.CarrierGrade)]
    [InlineData("127.0.0.53", AddressKind.Loopback)]
    [InlineData("169.254.169.254", AddressKind.LinkLocal)]
    [InlineData("172.15.255.255", AddressKind.Public)]
    [InlineData("172.16.0.1", AddressKind.Private)]
    [InlineData("172.31.255.255", AddressKind.Private)]
    [InlineData("172.32.0.0", AddressKind.Public)]
    [InlineData("192.167.255.255", AddressKind.Public)]
    [InlineData("192.168.0.1", AddressKind.Private)]
    [InlineData("192.169.0.0", AddressKind.Public)]
    [InlineData("192.0.2.2", AddressKind.Private)]
    [InlineData("198.17.255.255", AddressKind.Public)]
    [InlineData("198.18.0.1", AddressKind.Private)]
    [InlineData("198.20.0.0", AddressKind.Public)]
    [InlineData("203.0.113.7", AddressKind.Private)]
    [InlineData("0.0.0.0", AddressKind.Unusable)]
    [InlineData("223.255.255.255", AddressKind.Public)]
    [InlineData("224.0.0.1", AddressKind.Unusable)]
    [InlineData("255.255.255.255", AddressKind.Unusable)]
    public void Of_Ipv4_FollowsTheRanges(string address, AddressKind expected) => Assert.Equal(expected, AddressKinds.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("2606:4700::1", AddressKind.Public)]
    [InlineData("2002:c000:204::1", AddressKind.Public)]
    [InlineData("::", AddressKind.Unusable)]
    [InlineData("::1", AddressKind.Loopback)]
    [InlineData("2001:db8::1", AddressKind.Private)]
    [InlineData("fd12:3456::1", AddressKind.Private)]
    [InlineData("fc00::1", AddressKind.Private)]
    [InlineData("fe80::1", AddressKind.LinkLocal)]
    [InlineData("fec0::1", AddressKind.Private)]
    [InlineData("ff02::1", AddressKind.Unusable)]
    [InlineData("4000::1", AddressKind.Unusable)]
    [InlineData("::ffff:192.168.1.2", AddressKind.Private)]
    [InlineData("::ffff:8.8.8.8", AddressKind.Public)]
    [InlineData("64:ff9b::100.64.1.1", AddressKind.CarrierGrade)]
    [InlineData("64:ff9b::8.8.8.8", AddressKind.Public)]
    public void Of_Ipv6_FollowsTheRanges(string address, AddressKind expected) => Assert.Equal(expected, AddressKinds.Of(IPAddress.Parse(address)));
}
