using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What must run for each lease, from its accepted manifest. Built once per manifest.</summary>
internal sealed class DesiredLeases(
    IManifestStore manifests,
    IPortStore ports,
    HostNameBook hostNames,
    IGpuDesk gpus,
    IPublicHostName publicHostName,
    IOptionsMonitor<WorkloadOptions> options,
    IOptions<IngressOptions> ingress)
{
    private readonly ConcurrentDictionary<LeaseId, WantedLease> _cache = new();

    /// <summary>The containers of the lease's accepted manifest.</summary>
    /// <exception cref="UnsupportedManifestException">The manifest asks for something that this host does not offer, or its text is lost.</exception>
    /// <exception cref="PortsExhaustedException">No port of this host is left for it.</exception>
    public async Task<WantedLease> BuildAsync(LeaseRecord lease, CancellationToken ct)
    {
        if (lease.WantedManifest is not { } hash) throw new InvalidOperationException($"lease {lease.Id} has no manifest");
        if (_cache.TryGetValue(lease.Id, out var cached) && cached.Desired.Manifest == hash) return cached;

        if (await manifests.FindAsync(lease.Id, hash, ct) is not { } stored)
            throw new UnsupportedManifestException("the accepted manifest is no longer stored on this host; send it again");
        var group = ManifestDecoder.Decode(stored.GroupJson.Span).Groups[0];
        if (!PortRange.TryParse(options.CurrentValue.Ports, out var range)) throw new InvalidOperationException("workloads.ports was not checked");

        var picks = GpuAssignment.IsNeeded(group) ? await gpus.DurablePicksAsync(lease.Id.Order, ct) : [];
        var devices = GpuAssignment.Of(group, picks);
        var hostPorts = new Dictionary<PublishedPort, int>();
        // What the ingress serves by host name needs no port of this host.
        var withWeb = ingress.Value.Mode == IngressMode.None;
        foreach (var port in group.Services.SelectMany(service => ContainerSpecBuilder.PublishedPorts(service, withWeb)))
            hostPorts[port] = await ports.ReserveAsync(lease.Id, port.Service, port.ExternalPort, port.Protocol, range, ct);

        var containers = group.Services.SelectMany(service => ContainerSpecBuilder.Build(
            lease.Id, service, port => hostPorts.TryGetValue(port, out var number) ? number : null, publicHostName.Value, replica => devices.GetValueOrDefault((service.Name, replica))));
        return _cache[lease.Id] = new(group, new(lease.Id, hash, [.. containers]));
    }

    /// <summary>The lease is over: its manifest, its ports and its host names are given up.</summary>
    public async Task ForgetAsync(LeaseId lease, CancellationToken ct)
    {
        await ports.ReleaseAsync(lease, ct);
        await hostNames.ReleaseAsync(lease, keep: [], ct);
        await manifests.RemoveAsync(lease, ct);
        _cache.TryRemove(lease, out _);
    }
}

/// <summary>What must run for a lease, and the tenant's words for it.</summary>
/// <param name="Group">The lease's group of the accepted manifest.</param>
/// <param name="Desired">Its containers.</param>
internal sealed record WantedLease(ManifestGroup Group, DesiredLease Desired);

/// <summary>The name under which tenants reach this host.</summary>
public interface IPublicHostName
{
    /// <summary>Host part of the provider's public address.</summary>
    string Value { get; }

    /// <summary>Domain below which web services get host names of their own; empty when there is none.</summary>
    string IngressDomain => "";
}
