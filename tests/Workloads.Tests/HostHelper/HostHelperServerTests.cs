using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProviderAgent.Workloads.Tests.HostHelper;

/// <summary>Who may ask the helper, and for what.</summary>
public sealed class HostHelperServerTests : IDisposable
{
    private const uint Daemon = 990;

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(Daemon, true)]
    [InlineData(Daemon + 1, false)]
    [InlineData(uint.MaxValue, false)]
    public async Task Ask_OnlyRootAndTheDaemon_AreServed(uint caller, bool served)
    {
        using var listener = Listen();
        var server = new HostHelperServer([new Verb()], [Daemon], TimeProvider.System, NullLogger<HostHelperServer>.Instance) { CallerOf = _ => caller };
        var serving = server.RunAsync(listener, _stop.Token);
        var client = new HostHelperClient(_folder.File("socket"), TimeProvider.System);

        if (served) Assert.Null((await AskAsync(client, new("echo"))).Error);
        else Assert.Contains("may not ask", (await Assert.ThrowsAsync<HostHelperException>(() => AskAsync(client, new("echo")))).Message, StringComparison.Ordinal);

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }

    [Fact]
    public async Task UserOf_IsTheKernelsWord()
    {
        using var listener = Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("socket")));
        using var connection = await listener.AcceptAsync();

        // "Uid:", real, effective, saved and file system's.
        var own = (await File.ReadAllLinesAsync("/proc/self/status")).Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2];
        Assert.Equal(uint.Parse(own, CultureInfo.InvariantCulture), PeerCredentials.UserOf(connection));
    }

    [Theory]
    [InlineData("zz", 5, "10.213.0.0/26", "10.213.0.1", "64 lower-case hex")]
    [InlineData("", 5, "not a subnet", "10.213.0.1", "subnet")]
    [InlineData("", 5, "10.213.0.0/26", "; flush ruleset", "address")]
    [InlineData("", 5, "fd00::/64", "10.213.0.1", "IPv6")]
    [InlineData("", 1, "10.213.0.0/26", "10.213.0.1", "not the process of a container")]
    public async Task MapPorts_WhatIsNotAsItMustBe_IsRefused(string id, int pid, string subnet, string gateway, string why)
    {
        var verb = new PortsVerb(TimeProvider.System);
        var request = new HostHelperRequest(PortsVerb.VerbName) { Ports = new(id.Length > 0 ? id : new string('a', 64), pid, subnet, gateway, [new(80, 8080, PortProtocol.Tcp)]) };

        Assert.Contains(why, (await Assert.ThrowsAsync<HostHelperException>(() => verb.RunAsync(request, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapPorts_ProcessOfTheHost_IsRefused()
    {
        var request = new HostHelperRequest(PortsVerb.VerbName) { Ports = new(new string('a', 64), Environment.ProcessId, "10.213.0.0/26", "10.213.0.1", [new(80, 8080, PortProtocol.Tcp)]) };

        var refusal = await Assert.ThrowsAsync<HostHelperException>(() => new PortsVerb(TimeProvider.System).RunAsync(request, CancellationToken.None));

        Assert.Contains("control group", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyGuard_PortOfTheHostItself_IsRefused()
    {
        using var verb = new GuardVerb(new(TimeProvider.System), TimeProvider.System);

        foreach (var port in new SharedPortArguments[]
        {
            new("0.0.0.0", 22, Udp: false, ["10.213.0.2:80", "10.213.0.3:80"]),
            new("0.0.0.0", 30_000, Udp: false, ["10.213.0.2:80", "203.0.113.1:80"]),
            new("0.0.0.0", 30_000, Udp: false, ["10.213.0.2:80", "10.213.0.3"]),
            new("::", 30_000, Udp: false, ["10.213.0.2:80", "10.213.0.3:80"]),
            new("0.0.0.0; drop", 30_000, Udp: false, ["10.213.0.2:80", "10.213.0.3:80"]),
        })
        {
            var request = new HostHelperRequest(GuardVerb.VerbName) { Guard = new(["lt-00000001"], [], AllowMail: false) { SharedPorts = [port] } };
            await Assert.ThrowsAsync<HostHelperException>(() => verb.RunAsync(request, CancellationToken.None));
        }
    }

    private static Task<HostHelperAnswer> AskAsync(HostHelperClient client, HostHelperRequest request) => client.AskAsync(request, TimeSpan.FromSeconds(10), CancellationToken.None);

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder.File("socket")));
        listener.Listen();
        return listener;
    }

    private sealed class Verb : IHostHelperVerb
    {
        public string Name => "echo";

        public Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct) => Task.FromResult(HostHelperAnswer.Done);
    }
}
