using System.Globalization;
using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary><c>apply-guard</c>: puts the firewall between tenants and everything that is not theirs.</summary>
public sealed class GuardVerb : IHostHelperVerb, IDisposable
{
    /// <summary>Name of the verb.</summary>
    public const string VerbName = "apply-guard";

    private const int MaxResolvers = 16;
    private const int MaxBridges = 4_096;
    private const int MaxWatched = 1_024;
    private const int MaxSharedPorts = 4_096;
    private const int MaxOwnPorts = 65_536;
    private const int MaxWebPorts = 4;
    private const int MaxReplicas = 64;

    private readonly NftGuard _guard;

    public GuardVerb(NftCommand nft, TimeProvider time) => _guard = new(nft, time);

    /// <inheritdoc/>
    public string Name => VerbName;

    /// <inheritdoc/>
    public async Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct)
    {
        if (request.Guard is not { Bridges: { Count: <= MaxBridges } bridges, Resolvers: { Count: <= MaxResolvers } resolvers } arguments)
            throw new HostHelperException($"apply-guard needs at most {MaxBridges} bridges and {MaxResolvers} resolvers");
        // What a request leaves out is null, whatever the record's own defaults say.
        var (limits, ports, addresses, shared) = (arguments.Limits ?? NetworkLimits.None, arguments.WatchedPorts ?? [], arguments.WatchedAddresses ?? [], arguments.SharedPorts ?? []);
        if (ports.Count > MaxWatched || addresses.Count > MaxWatched || shared.Count > MaxSharedPorts)
            throw new HostHelperException($"apply-guard takes at most {MaxWatched} watched ports, {MaxWatched} watched addresses and {MaxSharedPorts} shared ports");
        if (shared.Any(port => port?.Replicas is not { Count: <= MaxReplicas })) throw new HostHelperException($"a shared port leads to at most {MaxReplicas} replicas");
        var (web, own) = (arguments.WebPorts ?? [], arguments.OwnPorts ?? []);
        if (web.Count > MaxWebPorts || own.Count > MaxOwnPorts || own.Contains(null!)) throw new HostHelperException($"apply-guard takes at most {MaxWebPorts} web ports and {MaxOwnPorts} own ports");
        try
        {
            var loaded = await _guard.EnsureAsync(
                new(bridges, [.. resolvers.Select(Address)], arguments.AllowMail)
                {
                    Limits = limits,
                    WebPorts = web,
                    OwnPorts = [.. own.Select(port => new OwnPort(port.Bridge ?? "", port.Udp ? PortProtocol.Udp : PortProtocol.Tcp, port.HostPort))],
                    WatchedPorts = ports,
                    WatchedAddresses = [.. addresses.Select(Address)],
                    SharedPorts =
                    [
                        .. shared.Select(port => new SharedPort(
                            Address(port.Address), port.HostPort, port.Udp ? PortProtocol.Udp : PortProtocol.Tcp, port.Replicas.Select(Place).ToValueList())),
                    ],
                },
                ct);
            return HostHelperAnswer.Done with { Loaded = loaded };
        }
        catch (Exception error) when (error is ArgumentException or NetworkGuardException)
        {
            throw new HostHelperException(error.Message, error);
        }
    }

    public void Dispose() => _guard.Dispose();

    private static IPEndPoint Place(string text) => IPEndPoint.TryParse(text, out var place) && place.Port > 0 ? place : throw new HostHelperException($"'{text}' is not an address and a port");

    private static IPAddress Address(string text) => IPAddress.TryParse(text, out var address) ? address : throw new HostHelperException($"'{text}' is not an address");
}

/// <summary><c>read-guard</c>: what the firewall has counted of each lease.</summary>
public sealed class GuardCountsVerb : IHostHelperVerb, IDisposable
{
    /// <summary>Name of the verb.</summary>
    public const string VerbName = "read-guard";

    private readonly NftGuard _guard;

    public GuardCountsVerb(NftCommand nft, TimeProvider time) => _guard = new(nft, time);

    /// <inheritdoc/>
    public string Name => VerbName;

    /// <inheritdoc/>
    public async Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct)
    {
        try
        {
            var counts = await _guard.ReadAsync(ct);
            return HostHelperAnswer.Done with
            {
                Counts = counts.ToDictionary(count => string.Create(CultureInfo.InvariantCulture, $"{count.Bridge}/{(int)count.Tally}"), count => count.Count, StringComparer.Ordinal),
            };
        }
        catch (NetworkGuardException error)
        {
            throw new HostHelperException(error.Message, error);
        }
    }

    public void Dispose() => _guard.Dispose();
}
