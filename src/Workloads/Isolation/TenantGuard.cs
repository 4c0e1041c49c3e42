using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Keeps the firewall equal to the leases on this host.</summary>
internal sealed partial class TenantGuard(INetworkGuard guard, WatchedHosts watched, IOptionsMonitor<WorkloadOptions> options, IOptions<IngressOptions> ingress, ILogger<TenantGuard> log) : IDisposable
{
    private const string ResolvConf = "/etc/resolv.conf";

    // Where the name service of systemd writes the real servers when resolv.conf only names its own stub.
    private const string StubUpstreams = "/run/systemd/resolve/resolv.conf";

    // Whoever looks again must not put back what has just been replaced.
    private readonly SemaphoreSlim _one = new(1, 1);
    private NetworkGuardRules? _latest;
    private string? _problem;
    private bool _wasLoaded;
    private long _loads;

    /// <summary>How often something else on this host took the rules away.</summary>
    public long Remade => Math.Max(0, Volatile.Read(ref _loads) - 1);

    /// <summary>Why the rules are not in place; null when they are.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>True once the rules of this host's leases were made for the first time.</summary>
    public bool IsKnown => Volatile.Read(ref _latest) is not null;

    public void Dispose() => _one.Dispose();

    /// <summary>Puts the rules for these leases in place.</summary>
    /// <param name="leases">All leases of this host.</param>
    /// <param name="actual">What runs of them.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>False when they are not: nothing new may start.</returns>
    public async Task<bool> EnsureAsync(IEnumerable<LeaseId> leases, IEnumerable<ActualLease> actual, CancellationToken ct)
    {
        var network = options.CurrentValue.Network;
        if (network.Guard == NetworkGuardMode.Off)
        {
            Volatile.Write(ref _latest, null);
            return true;
        }

        var limits = network.Limits;
        var held = actual.ToArray();
        var bridges = leases.Select(WorkloadNames.Bridge).Distinct().Order(StringComparer.Ordinal).ToArray();
        var rules = new NetworkGuardRules(bridges, Resolvers(network), network.AllowMail)
        {
            Limits = new(limits.Connections, limits.ConnectionsPerSecond, limits.UploadPerSecond.Bytes, limits.DownloadPerSecond.Bytes),
            WatchedPorts = network.Signals.MiningPorts,
            WatchedAddresses = watched.Addresses,
            SharedPorts = Share(held, IPAddress.Parse(options.CurrentValue.PortsAddress)),
            WebPorts = ingress.Value.Mode == IngressMode.None ? [] : [.. new[] { ingress.Value.Http, ingress.Value.Https }.Select(text => IPEndPoint.Parse(text).Port)],
            OwnPorts = Own(held),
        };
        await _one.WaitAsync(ct);
        try
        {
            Volatile.Write(ref _latest, rules);
            return await ApplyAsync(rules, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Looks whether the latest rules are still in place, and puts them there again when something else on this host has taken them away.</summary>
    public async Task EnsureLatestAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_latest is { } rules) await ApplyAsync(rules, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ports of this host that lead to more than one replica.</summary>
    internal static IReadOnlyList<SharedPort> Share(IEnumerable<ActualLease> actual, IPAddress address) =>
    [
        // A name such as 127.0.0.1 leads to this host's own programs only, and the engine's proxy serves those.
        .. IPAddress.IsLoopback(address) ? [] : actual
            .SelectMany(lease => lease.Containers.Select(container => (lease.Lease, container)))
            .Where(pair => pair.container is { Condition: ContainerCondition.Running, Network: not null })
            .SelectMany(pair => pair.container.HostPorts.Select(port => (Key: (pair.Lease, pair.container.Service, port.Port, port.Protocol), pair.container)))
            .GroupBy(entry => entry.Key, entry => entry.container)
            .Where(group => group.Count() > 1)
            .OrderBy(group => group.Key.Port).ThenBy(group => group.Key.Protocol)
            .Select(group => new SharedPort(
                address, group.Key.Port, group.Key.Protocol, Traffic.Choose([.. group.OrderBy(container => container.Replica)]).Select(container => Place(container, group.Key.Port, group.Key.Protocol)).ToValueList())),
    ];

    /// <summary>Ports of this host that lead to each lease.</summary>
    internal static IReadOnlyList<OwnPort> Own(IEnumerable<ActualLease> actual) =>
    [
        .. actual
            .SelectMany(lease => lease.Containers.SelectMany(container => container.HostPorts).Select(port => new OwnPort(WorkloadNames.Bridge(lease.Lease), port.Protocol, port.Port)))
            .Distinct()
            .OrderBy(port => port.HostPort).ThenBy(port => port.Protocol),
    ];

    /// <summary>Where a replica listens for what comes to a port of this host: by what it was made with.</summary>
    private static IPEndPoint Place(ActualContainer container, int hostPort, PortProtocol protocol) =>
        new(container.Network!.Address, container.HostPorts.First(port => port.Port == hostPort && port.Protocol == protocol).ContainerPort);

    private async Task<bool> ApplyAsync(NetworkGuardRules rules, CancellationToken ct)
    {
        try
        {
            if (await guard.EnsureAsync(rules, ct))
            {
                if (_wasLoaded) Log.Remade(log);
                _wasLoaded = true;
                Interlocked.Increment(ref _loads);
            }

            Volatile.Write(ref _problem, null);
            return true;
        }
        catch (NetworkGuardException error)
        {
            if (_problem != error.Message) Log.NotGuarded(log, error);
            Volatile.Write(ref _problem, error.Message);
            return false;
        }
    }

    /// <summary>Name servers at addresses that tenants may otherwise not reach.</summary>
    private static IPAddress[] Resolvers(WorkloadNetworkOptions network)
    {
        var servers = network.Dns.Count > 0 ? network.Dns.Select(IPAddress.Parse) : NameServers(ResolvConf);
        return [.. servers.Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)).Distinct()];
    }

    private static IEnumerable<IPAddress> NameServers(string file)
    {
        if (!File.Exists(file)) return [];
        var servers = File.ReadLines(file)
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .OfType<IPAddress>().ToArray();
        return file == ResolvConf && servers.Length > 0 && servers.All(IPAddress.IsLoopback) ? NameServers(StubUpstreams) : servers;
    }

    private static partial class Log
    {
        [LoggerMessage(4070, LogLevel.Error, "The firewall between tenants and this host is not in place; nothing new is started until it is", EventName = "NotGuarded")]
        public static partial void NotGuarded(ILogger logger, Exception error);

        [LoggerMessage(4073, LogLevel.Warning, "The firewall's table was loaded anew: its options changed, or something else on this host had flushed or changed it. Tenants' limits begin anew", EventName = "Remade")]
        public static partial void Remade(ILogger logger);
    }
}
