using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Keeps the firewall equal to the leases on this host.</summary>
internal sealed partial class TenantGuard(INetworkGuard guard, IOptionsMonitor<WorkloadOptions> options, ILogger<TenantGuard> log)
{
    private const string ResolvConf = "/etc/resolv.conf";

    // Where the name service of systemd writes the real servers when resolv.conf only names its own stub.
    private const string StubUpstreams = "/run/systemd/resolve/resolv.conf";

    private string? _problem;

    /// <summary>Puts the rules for these leases in place.</summary>
    /// <returns>False when they are not: nothing new may start.</returns>
    public async Task<bool> EnsureAsync(IEnumerable<LeaseId> leases, CancellationToken ct)
    {
        var network = options.CurrentValue.Network;
        if (network.Guard == NetworkGuardMode.Off) return true;
        try
        {
            var bridges = leases.Select(WorkloadNames.Bridge).Distinct().Order(StringComparer.Ordinal).ToArray();
            await guard.EnsureAsync(new(bridges, Resolvers(network), network.AllowMail), ct);
            _problem = null;
            return true;
        }
        catch (NetworkGuardException error)
        {
            if (_problem != error.Message) Log.NotGuarded(log, error);
            _problem = error.Message;
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
    }
}
