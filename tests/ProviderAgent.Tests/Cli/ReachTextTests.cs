using ProviderAgent.Cli.Verbs;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

/// <summary>The line of <c>status</c> on the way to this host.</summary>
public sealed class ReachTextTests
{
    private static readonly ReachView View = new(DateTimeOffset.UnixEpoch, new("192.168.7.20", "private"), null, null, [], [], []);

    [Fact]
    public void Line_NothingKnownOfTheOutside_SaysWhereThisHostIs() => Assert.Equal("192.168.7.20 (private)", ReachText.Line(View));

    [Fact]
    public void Line_NoDefaultRoute_SaysSo() => Assert.Equal("no address on a default route", ReachText.Line(View with { Local = null }));

    [Fact]
    public void Line_EverythingKnown_IsShort() => Assert.Equal(
        "100.64.1.2 (carrier-grade), seen as 198.20.113.2, a.example leads here, b.example leads to 198.20.113.9, c.example unknown, router (upnp) leads 2 of 3 ports here",
        ReachText.Line(View with
        {
            Local = new("100.64.1.2", "carrier_grade"),
            SeenAs = "198.20.113.2",
            Names = [new("a.example", "here", ["198.20.113.2"], null), new("b.example", "elsewhere", ["198.20.113.9"], "x"), new("c.example", "unknown", [], "x")],
            Router = new("upnp", new("198.20.113.2", "public"), null),
            Ports = [Port("mapped"), Port("foreign"), Port("taken")],
        }));

    [Fact]
    public void Line_RouterSilent_SaysSo() =>
        Assert.Equal("192.168.7.20 (private), the router does not answer", ReachText.Line(View with { Router = new(null, null, "no router answers"), Ports = [Port("waiting")] }));

    private static MappingRow Port(string state) => new(30_001, "tcp", "web", state, null, null);
}
