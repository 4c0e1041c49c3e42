using System.Globalization;
using System.Net;

namespace ProviderAgent.Workloads;

/// <summary>The router of the default route, by NAT-PMP. It cannot list its mappings, and gives none but to the host that asks.</summary>
internal sealed class NatPmpRouter(RouterCommand command, TimeProvider time) : IRouter
{
    private const string Program = "natpmpc";
    private const string Package = "natpmpc";

    private (uint Epoch, long At)? _seen;

    /// <inheritdoc/>
    public string Protocol => "nat_pmp";

    /// <inheritdoc/>
    public async Task<RouterLook> LookAsync(HostNetwork network, CancellationToken ct)
    {
        var (gateway, ended) = await AskAsync(network, [], ct);
        var outside = NatPmpText.Outside(ended.Output);
        if (outside is null && NatPmpText.Refusal(ended.Errors) is null) throw new RouterException($"no router answers NAT-PMP at {gateway}");
        return new(Protocol, outside, [], IsWhole: false, NatPmpText.Epoch(ended.Output) is { } epoch && IsRestart(epoch));
    }

    /// <inheritdoc/>
    public async Task<RouterGrant> MapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, TimeSpan lifetime, CancellationToken ct)
    {
        var (gateway, ended) = await AskAsync(network, Arguments(outsidePort, target.Port, protocol, lifetime), ct);
        if (NatPmpText.Granted(ended.Output, protocol, target.Port) is not { } granted)
        {
            return NatPmpText.Refusal(ended.Errors) is { } why
                ? new RouterGrant.Refused(why, IsTaken: false)
                : throw new RouterException($"the router {gateway} does not answer NAT-PMP any more") { IsSilent = true };
        }

        if (granted.OutsidePort == outsidePort) return new RouterGrant.Given(granted.Lifetime);
        // Another host has the port, so the router chose one that nobody will ask for.
        await UnmapAsync(network, outsidePort, protocol, target, ct);
        return new RouterGrant.Refused(string.Create(CultureInfo.InvariantCulture, $"another host has it; the router offered {granted.OutsidePort} instead"), IsTaken: true);
    }

    /// <inheritdoc/>
    public async Task UnmapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, CancellationToken ct)
    {
        // By the inner port: the router knows whose it is by who asks.
        var (gateway, ended) = await AskAsync(network, Arguments(0, target.Port, protocol, TimeSpan.Zero), ct);
        if (NatPmpText.Granted(ended.Output, protocol, target.Port) is null)
            throw new RouterException(string.Create(CultureInfo.InvariantCulture, $"the router {gateway} does not remove the mapping of {target.Port}/{UpnpText.Name(protocol)}")) { IsSilent = NatPmpText.Refusal(ended.Errors) is null };
    }

    private async Task<(IPAddress Gateway, ProgramResult Ended)> AskAsync(HostNetwork network, string[] arguments, CancellationToken ct)
    {
        var gateway = network.Gateway ?? throw new RouterException("there is no router: the default route leads to none");
        return (gateway, await command.RunAsync(Program, Package, ["-g", gateway.ToString(), .. arguments], ct));
    }

    private static string[] Arguments(int outsidePort, int insidePort, PortProtocol protocol, TimeSpan lifetime) =>
    [
        "-a",
        outsidePort.ToString(CultureInfo.InvariantCulture),
        insidePort.ToString(CultureInfo.InvariantCulture),
        UpnpText.Name(protocol).ToLowerInvariant(),
        ((int)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>The router's clock must have gone on as ours has, but for an eighth and two seconds (RFC 6886, 3.6).</summary>
    private bool IsRestart(uint epoch)
    {
        var before = _seen;
        _seen = (epoch, time.GetTimestamp());
        return before is { } known && epoch + 2 < known.Epoch + (time.GetElapsedTime(known.At).TotalSeconds * 7 / 8);
    }
}
