using System.Net;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>Which ports the internet is to reach.</summary>
public sealed class WantedPortsTests
{
    private readonly Door _door = new() { PublicPort = 443, Listener = IPEndPoint.Parse("0.0.0.0:8443") };
    private readonly IngressOptions _ingress = new() { Mode = IngressMode.None };
    private readonly WorkloadOptions _workloads = new();

    [Fact]
    public void Of_Gateway_IsKnownOutsideUnderThePortOfItsAddress() => Assert.Equal(["443/tcp to 0.0.0.0:8443"], Of());

    [Fact]
    public void Of_Ingress_IsKnownOutsideUnderTheUsualPorts()
    {
        (_ingress.Mode, _ingress.Http, _ingress.Https) = (IngressMode.Nginx, "0.0.0.0:8080", "0.0.0.0:9443");
        _door.PublicPort = 8443;

        Assert.Equal(["8443/tcp to 0.0.0.0:8443", "80/tcp to 0.0.0.0:8080", "443/tcp to 0.0.0.0:9443"], Of());
    }

    [Fact]
    public void Of_WhatListensOnLoopback_IsLeftOut()
    {
        (_ingress.Mode, _ingress.Http, _ingress.Https) = (IngressMode.Nginx, "127.0.0.1:80", "[::1]:443");
        _door.Listener = IPEndPoint.Parse("127.0.0.1:8443");
        _workloads.PortsAddress = "127.0.0.1";

        Assert.Empty(Of(View(LeaseStage.Active, wanted: [30_001], running: [30_001])));
    }

    [Fact]
    public void Of_Lease_HasWhatIsToRunAndWhatRuns()
    {
        _door.Listener = null;

        Assert.Equal(["30001/tcp to 0.0.0.0:30001", "30002/tcp to 0.0.0.0:30002"], Of(View(LeaseStage.Active, wanted: [30_001], running: [30_001, 30_002])));
        // A manifest that cannot run leaves what ran before.
        Assert.Equal(["30002/tcp to 0.0.0.0:30002"], Of(View(LeaseStage.Active, wanted: null, running: [30_002])));
        Assert.Empty(Of(View(LeaseStage.Closing, wanted: [30_001], running: [30_001])));
    }

    private string[] Of(LeaseView? view = null)
    {
        var leases = new Dictionary<LeaseId, LeaseView>();
        if (view is not null) leases[Build.Lease] = view;
        return [.. WantedPorts.Of(_door, _ingress, _workloads, new(leases, DateTimeOffset.UnixEpoch, IsStale: false)).Select(port => $"{port} to {port.Listener}")];
    }

    private static LeaseView View(LeaseStage stage, int[]? wanted, int[] running)
    {
        var record = new LeaseRecord { Id = Build.Lease, Stage = stage, Price = default, CreatedAt = default, SeenAt = default };
        var spec = Build.Spec() with { Ports = [.. (wanted ?? []).Select(port => new PortMapping(80, PortProtocol.Tcp, port))] };
        var actual = Build.Actual(Build.Container(spec) with { HostPorts = [.. running.Select(port => new PortAlias(port, 80, PortProtocol.Tcp))] });
        return new(record, null, wanted is null ? null : Build.Wanted(spec), actual, new Dictionary<string, string>(), new Dictionary<string, int>());
    }

    private sealed class Door : IGatewayDoor
    {
        public int PublicPort { get; set; }

        public IPEndPoint? Listener { get; set; }
    }
}
