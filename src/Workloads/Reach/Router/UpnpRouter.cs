using System.Globalization;
using System.Net;

namespace ProviderAgent.Workloads;

/// <summary>The router of the default route, by UPnP. Other devices of the network may call themselves a router as they like: they are not asked.</summary>
internal sealed class UpnpRouter(RouterCommand command) : IRouter
{
    private const string Program = "upnpc";
    private const string Package = "miniupnpc";
    private const int Conflict = 718;
    private const int OnlyForEver = 725;
    private const int NoSuchEntry = 714;

    private string? _url;

    /// <inheritdoc/>
    public string Protocol => "upnp";

    /// <summary>What our mappings are called on the router. With the address, so that two hosts with this daemon leave each other's alone.</summary>
    public static string Description(IPAddress local) => $"provider-agent {local}";

    /// <inheritdoc/>
    public async Task<RouterLook> LookAsync(HostNetwork network, CancellationToken ct)
    {
        var gateway = network.Gateway ?? throw new RouterException("there is no router: the default route leads to none");
        if (_url is { } known && UpnpText.IsOf(known, gateway) && await ListAsync(known, ct) is { } look) return look;
        // Restarted, it listens elsewhere.
        _url = await FindAsync(network.Local, gateway, ct);
        return await ListAsync(_url, ct) ?? throw new RouterException($"the router {gateway} announces UPnP, but does not answer at {_url}");
    }

    /// <inheritdoc/>
    public async Task<RouterGrant> MapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, TimeSpan lifetime, CancellationToken ct)
    {
        var (output, refusal) = await AddAsync(outsidePort, protocol, target, lifetime, ct);
        if (refusal?.Code == OnlyForEver) (output, refusal) = await AddAsync(outsidePort, protocol, target, TimeSpan.Zero, ct);
        if (UpnpText.Granted(output, outsidePort, protocol, target) is { } granted) return new RouterGrant.Given(granted);
        if (refusal is { } why) return new RouterGrant.Refused(string.Create(CultureInfo.InvariantCulture, $"{why.Text} ({why.Code})"), why.Code == Conflict);
        throw new RouterException("the router took the mapping, but does not show it afterwards") { IsSilent = !UpnpText.IsRouter(output) };
    }

    /// <inheritdoc/>
    public async Task UnmapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, CancellationToken ct)
    {
        var ended = await command.RunAsync(Program, Package, ["-u", Url(), "-i", "-d", Number(outsidePort), UpnpText.Name(protocol)], ct);
        if (UpnpText.Deleted(ended.Output) is 0 or NoSuchEntry) return;
        throw new RouterException(string.Create(CultureInfo.InvariantCulture, $"the router does not remove the mapping of {outsidePort}/{UpnpText.Name(protocol)}")) { IsSilent = !UpnpText.IsRouter(ended.Output) };
    }

    private async Task<RouterLook?> ListAsync(string url, CancellationToken ct)
    {
        var ended = await command.RunAsync(Program, Package, ["-u", url, "-i", "-l"], ct);
        if (!UpnpText.IsRouter(ended.Output)) return null;
        var (entries, isWhole) = UpnpText.Entries(ended.Output);
        return new(Protocol, UpnpText.Outside(ended.Output), entries, isWhole && ended.IsWhole, WasRestarted: false);
    }

    private async Task<string> FindAsync(IPAddress? local, IPAddress gateway, CancellationToken ct)
    {
        // Only in the network of the default route.
        string[] from = local is null ? [] : ["-m", local.ToString()];
        var devices = UpnpText.Devices((await command.RunAsync(Program, Package, [.. from, "-i", "-s"], ct)).Output).ToArray();
        if (devices.FirstOrDefault(url => UpnpText.IsOf(url, gateway)) is { } found) return found;
        throw new RouterException(devices.Length == 0 || UpnpText.HostOf(devices[0]) is not { } other
            ? $"no router answers UPnP at {gateway}"
            : $"{other} calls itself a router, but the default route leads to {gateway}, which does not answer UPnP");
    }

    private async Task<(string Output, (int Code, string Text)? Refusal)> AddAsync(int outsidePort, PortProtocol protocol, IPEndPoint target, TimeSpan lifetime, CancellationToken ct)
    {
        var ended = await command.RunAsync(
            Program,
            Package,
            ["-u", Url(), "-i", "-e", Description(target.Address), "-a", target.Address.ToString(), Number(target.Port), Number(outsidePort), UpnpText.Name(protocol), Number((int)lifetime.TotalSeconds)],
            ct);
        return (ended.Output, UpnpText.Refusal(ended.Output));
    }

    private string Url() => _url ?? throw new RouterException("the router was not found yet");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
