using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>The addresses of the mining pools that the operator named.</summary>
internal sealed class WatchedHosts(IOptionsMonitor<WorkloadOptions> options, TimeProvider time)
{
    private const int MaxAddresses = 1_000;
    private static readonly TimeSpan LookUpAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookUpWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, IPAddress[]> _known = new(StringComparer.OrdinalIgnoreCase);
    private IPAddress[] _addresses = [];
    private long? _lookedUpAt;

    /// <summary>IPv4 addresses, each once, sorted.</summary>
    public IReadOnlyList<IPAddress> Addresses => Volatile.Read(ref _addresses);

    /// <summary>Looks the names up when that is due. A name that cannot be looked up now keeps its addresses.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        var hosts = options.CurrentValue.Network.Signals.MiningHosts;
        var isDue = _lookedUpAt is not { } at || time.GetElapsedTime(at) >= LookUpAfter;
        if (!isDue && hosts.TrueForAll(_known.ContainsKey) && _known.Count == hosts.Count) return;
        foreach (var gone in _known.Keys.Except(hosts, StringComparer.OrdinalIgnoreCase).ToArray()) _known.Remove(gone);
        foreach (var host in hosts) _known[host] = await LookUpAsync(host, ct) ?? _known.GetValueOrDefault(host, []);
        _lookedUpAt = time.GetTimestamp();
        Volatile.Write(ref _addresses, [.. _known.Values.SelectMany(addresses => addresses).Distinct().OrderBy(address => address.ToString(), StringComparer.Ordinal).Take(MaxAddresses)]);
    }

    private async Task<IPAddress[]?> LookUpAsync(string host, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(LookUpWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, either.Token);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
