using System.Net;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>What upnpc and natpmpc print, also when somebody hostile in the local network has written it.</summary>
public sealed class UpnpTextTests
{
    private const string Found = "Found valid IGD : http://192.168.7.1:38235/ctl/IPConn\nLocal LAN ip address : 192.168.7.20\n";
    private const string ListHead = " i protocol exPort->inAddr:inPort description remoteHost leaseTime\n";
    private const string ListEnd = "GetGenericPortMappingEntry() returned 713 (SpecifiedArrayIndexInvalid)\n";

    private static readonly IPAddress Gateway = IPAddress.Parse("192.168.7.1");
    private static readonly IPEndPoint Target = IPEndPoint.Parse("192.168.7.20:8443");

    [Fact]
    public void Entries_WholeList_IsRead()
    {
        var (entries, isWhole) = UpnpText.Entries(
            Found + "ExternalIPAddress = 198.20.113.2\n" + ListHead
            + " 0 UDP 30001->192.168.7.20:30001 'provider-agent 192.168.7.20' '' 120\n"
            + " 1 TCP  8443->192.168.7.21:443   'it's mine' '' 0\n" + ListEnd);

        Assert.True(isWhole);
        Assert.Equal(
            [
                new(30001, PortProtocol.Udp, IPEndPoint.Parse("192.168.7.20:30001"), "provider-agent 192.168.7.20"),
                new(8443, PortProtocol.Tcp, IPEndPoint.Parse("192.168.7.21:443"), "it's mine"),
            ],
            entries);
    }

    [Theory]
    [InlineData("a description that smuggles a line", " 0 TCP  80->192.168.7.9:80    'x\n 1 TCP  443->192.168.7.20:443   'provider-agent 192.168.7.20' '' 1\n' '' 0\n 1 TCP  22->192.168.7.9:22 'y' '' 0\n")]
    [InlineData("a number that is left out", " 0 TCP  80->192.168.7.9:80    'x' '' 0\n 2 TCP  81->192.168.7.9:80    'x' '' 0\n")]
    [InlineData("a number twice", " 0 TCP  80->192.168.7.9:80    'x' '' 0\n 0 TCP  81->192.168.7.9:80    'x' '' 0\n")]
    [InlineData("a port too large", " 0 TCP 65536->192.168.7.9:80    'x' '' 0\n")]
    [InlineData("port 0", " 0 TCP  0->192.168.7.9:80    'x' '' 0\n")]
    [InlineData("an address that is none", " 0 TCP  80->192.168.7.999:80    'x' '' 0\n")]
    [InlineData("an address in another spelling", " 0 TCP  80->192.168.07.9:80    'x' '' 0\n")]
    [InlineData("another protocol", " 0 SCTP  80->192.168.7.9:80    'x' '' 0\n")]
    [InlineData("a time that overflows", " 0 TCP  80->192.168.7.9:80    'x' '' 99999999999\n")]
    [InlineData("an option in place of a number", " -1 TCP  80->192.168.7.9:80    'x' '' 0\n")]
    public void Entries_LineThatDoesNotFit_EndsTheListAndItCountsAsPart(string why, string lines)
    {
        var (entries, isWhole) = UpnpText.Entries(Found + ListHead + lines + ListEnd);

        Assert.False(isWhole, why);
        Assert.InRange(entries.Count, 0, 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData(ListHead)]
    [InlineData(ListHead + "GetGenericPortMappingEntry() returned 501 (Action Failed)\n")]
    [InlineData(ListHead + "GetGenericPortMappingEntry() returned -1 (UNKNOWN)\n")]
    [InlineData(ListEnd)]
    public void Entries_ListWithoutItsEnd_IsPart(string output) => Assert.False(UpnpText.Entries(output).IsWhole);

    [Fact]
    public void Entries_EndlessList_IsCut()
    {
        var output = ListHead + string.Concat(Enumerable.Range(0, 5_000).Select(i => $" {i} TCP  {1 + i}->192.168.7.9:80 'x' '' 0\n")) + ListEnd;

        var (entries, isWhole) = UpnpText.Entries(output);

        Assert.False(isWhole);
        Assert.Equal(2_048, entries.Count);
    }

    [Fact]
    public void Entries_DescriptionOfAStranger_IsFitForALog()
    {
        var (entries, _) = UpnpText.Entries(ListHead + $" 0 TCP  80->192.168.7.9:80 '\u001b[31m{new string('a', 200)}\u202e' '' 0\n" + ListEnd);

        Assert.Equal("?[31m" + new string('a', 59) + "…", Assert.Single(entries).Description);
    }

    [Theory]
    [InlineData("http://192.168.7.1:38235/rootDesc.xml", true)]
    [InlineData("http://192.168.7.1:5000/", true)]
    [InlineData("http://192.168.7.1:5000", true)]
    [InlineData("http://192.168.7.9:38235/rootDesc.xml", false)] // another device
    [InlineData("http://192.168.7.1@evil:80/x", false)]
    [InlineData("http://evil.example:80/x", false)]
    [InlineData("https://192.168.7.1:443/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("-m", false)]
    [InlineData("http://192.168.7.1:0/x", false)]
    [InlineData("http://192.168.7.1:70000/x", false)]
    [InlineData("http://192.168.007.1:80/x", false)]
    [InlineData("http://192.168.7.1:80/x y", false)]
    [InlineData("http://192.168.7.1:80/x;id", false)]
    [InlineData("http://192.168.7.1:80/\n-a", false)]
    [InlineData("http://192.168.7.1:80/x\n", false)]
    [InlineData("http://[fe80::1]:80/x", false)]
    public void IsOf_Url_IsOnlyAPlainOneOfTheRouter(string url, bool expected) => Assert.Equal(expected, UpnpText.IsOf(url, Gateway));

    [Fact]
    public void IsOf_LongUrl_IsRefused() => Assert.False(UpnpText.IsOf("http://192.168.7.1:80/" + new string('a', 300), Gateway));

    [Theory]
    [InlineData("ExternalIPAddress = 198.20.113.2\n", "198.20.113.2")]
    [InlineData("ExternalIPAddress = \n", null)]
    [InlineData("ExternalIPAddress = 1\n", null)]
    [InlineData("ExternalIPAddress = 0x7f.1\n", null)]
    [InlineData("ExternalIPAddress = evil.example\n", null)]
    [InlineData("GetExternalIPAddress failed. (empty string)\n", null)]
    [InlineData("x ExternalIPAddress = 198.20.113.2\n", null)]
    [InlineData("", null)]
    public void Outside_Output_IsAnAddressOrNothing(string output, string? expected) => Assert.Equal(expected, UpnpText.Outside(Found + output)?.ToString());

    [Fact]
    public void Granted_Answer_CountsOnlyForWhatWasAsked()
    {
        const string output = Found + "external 198.20.113.2:8443 TCP is redirected to internal 192.168.7.20:8443 (duration=120)\n";

        Assert.Equal(TimeSpan.FromSeconds(120), UpnpText.Granted(output, 8443, PortProtocol.Tcp, Target));
        Assert.Null(UpnpText.Granted(output, 8443, PortProtocol.Udp, Target));
        Assert.Null(UpnpText.Granted(output, 8444, PortProtocol.Tcp, Target));
        Assert.Null(UpnpText.Granted(output, 8443, PortProtocol.Tcp, IPEndPoint.Parse("192.168.7.9:8443")));
        Assert.Null(UpnpText.Granted("external redirected (duration=120)", 8443, PortProtocol.Tcp, Target));
    }

    [Fact]
    public void Refusal_Answer_HasNumberAndWords()
    {
        Assert.Equal((718, "ConflictInMappingEntry"), UpnpText.Refusal("AddPortMapping(30002, 30001, 192.168.7.21) failed with code 718 (ConflictInMappingEntry)\n"));
        Assert.Null(UpnpText.Refusal("AddPortMapping failed\n"));
    }

    [Fact]
    public void Deleted_Answer_IsTheNumber()
    {
        Assert.Equal(0, UpnpText.Deleted(Found + "UPNP_DeletePortMapping() returned : 0\n"));
        Assert.Equal(714, UpnpText.Deleted("UPNP_DeletePortMapping() returned : 714\n"));
        Assert.Null(UpnpText.Deleted("UPNP_DeletePortMapping() returned : \n"));
    }

    [Fact]
    public void NatPmp_Answers_AreRead()
    {
        const string output = "initnatpmp() returned 0 (SUCCESS)\nPublic IP address : 198.20.113.2\nepoch = 34840\nMapped public port 8443 protocol TCP to local port 8443 liftime 60\nepoch = 34841\n";

        Assert.Equal(IPAddress.Parse("198.20.113.2"), NatPmpText.Outside(output));
        Assert.Equal(34840u, NatPmpText.Epoch(output));
        Assert.Equal((8443, TimeSpan.FromSeconds(60)), NatPmpText.Granted(output, PortProtocol.Tcp, 8443));
        Assert.Null(NatPmpText.Granted(output, PortProtocol.Udp, 8443));
        Assert.Null(NatPmpText.Granted(output, PortProtocol.Tcp, 443));
        Assert.Equal("network failure", NatPmpText.Refusal("readnatpmpresponseorretry() failed : network failure\n  errno=0 'Success'"));
        Assert.Null(NatPmpText.Refusal("readnatpmpresponseorretry() failed : the gateway does not support nat-pmp"));
    }

    [Theory]
    [InlineData("Public IP address : 198.20.113\n")]
    [InlineData("Public IP address : 99999999999\n")]
    [InlineData("  Public IP address : 198.20.113.2\n")]
    [InlineData("epoch = -1\nMapped public port 99999 protocol TCP to local port 8443 liftime 60\n")]
    [InlineData("epoch = 99999999999\nMapped public port 8443 protocol TCP to local port 8443 liftime 99999999999\n")]
    public void NatPmp_MalformedAnswers_AreNothing(string output)
    {
        Assert.Null(NatPmpText.Outside(output));
        Assert.Null(NatPmpText.Epoch(output));
        Assert.Null(NatPmpText.Granted(output, PortProtocol.Tcp, 8443));
    }

    [Fact]
    public void AllReaders_AnyLetterSpoiledAndAnyLength_NeverThrow()
    {
        const string whole = Found + "ExternalIPAddress = 198.20.113.2\n" + ListHead + " 0 TCP  80->192.168.7.9:80    'x' '' 0\n" + ListEnd + " desc: http://192.168.7.1:5000/x\n"
            + "external 1.2.3.4:80 TCP is redirected to internal 192.168.7.20:80 (duration=1)\nAddPortMapping(8) failed with code 7 (x)\nUPNP_DeletePortMapping() returned : 0\n"
            + "epoch = 34840\nMapped public port 80 protocol TCP to local port 80 liftime 60\nreadnatpmpresponseorretry() failed : network failure\n";
        for (var at = 0; at < whole.Length; at++)
        {
            ReadAll(whole[..at]);
            foreach (var letter in "\0\n\r -'9(:\u0660\ud800\uffff") ReadAll(whole[..at] + letter + whole[(at + 1)..]);
        }
    }

    private static void ReadAll(string text)
    {
        Assert.True(UpnpText.Entries(text).Entries.Count <= 1);
        Assert.All(UpnpText.Devices(text), url => Assert.True(!UpnpText.IsOf(url, Gateway) || url.All(letter => letter is > ' ' and <= '~')));
        Assert.Null(UpnpText.Refusal(text) is { Code: > 99_999 } refusal ? refusal.Text : null);
        _ = (UpnpText.Outside(text), UpnpText.Granted(text, 80, PortProtocol.Tcp, Target), UpnpText.Deleted(text), UpnpText.IsRouter(text));
        _ = (NatPmpText.Outside(text), NatPmpText.Epoch(text), NatPmpText.Granted(text, PortProtocol.Tcp, 80), NatPmpText.Refusal(text));
    }
}
