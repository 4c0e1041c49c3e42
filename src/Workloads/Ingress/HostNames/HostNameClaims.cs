using Microsoft.Extensions.Options;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What came of moving host names to a lease.</summary>
/// <param name="HasDestination">A running lease with a manifest is there.</param>
/// <param name="NotNamed">The first name that its manifest does not have.</param>
/// <param name="Taken">The first name that another owner has.</param>
public sealed record HostNameMoveOutcome(bool HasDestination, string? NotNamed = null, string? Taken = null);

/// <summary>Judges the host names of manifests by this provider's policy, and takes them for their leases.</summary>
public sealed class HostNameClaims(HostNameBook names, LeaseBook leases, IManifestStore manifests, IPublicHostName host, IOptionsMonitor<IngressOptions> options)
{
    /// <summary>Names of its own that one lease may bring: each is kept in memory, on disk and in the proxy.</summary>
    public const int MaxPerLease = 100;

    /// <summary>What stands against the host names of a lease; null when nothing does, and then they are held for it.</summary>
    /// <remarks>Names are held before the manifest is taken. Those of one that is not taken in the end are given up by the next look at what runs.</remarks>
    public async Task<ManifestRefusal?> ClaimAsync(LeaseId lease, ManifestGroup group, CancellationToken ct)
    {
        await names.LoadAsync(ct);
        if (HostNameRules.Check(group, lease.Owner, Policy(), name => names.Find(name)?.Lease.Owner) is { } refusal) return refusal;
        var wanted = RouteBuilder.CustomHosts(group).ToArray();
        if (wanted.Length > MaxPerLease) return Refuse($"a lease can have at most {MaxPerLease} host names of its own here; this one names {wanted.Length}");
        if (wanted.FirstOrDefault(name => !HostName.IsSafe(name)) is { } malformed) return Refuse($"\"{malformed}\" is no host name: labels have at most 63 letters, digits and hyphens");
        return await names.ReserveAsync(lease, wanted, ct) is { } taken ? Refuse($"host \"{taken}\" in use") : null;
    }

    /// <summary>Moves names to the owner's lease of this group.</summary>
    public async Task<HostNameMoveOutcome> MoveAsync(GroupId destination, IReadOnlyList<string> hosts, CancellationToken ct)
    {
        var lease = leases.Open.FirstOrDefault(lease => lease.Id.Group == destination && lease.Manifest is not null && lease.Stage is not (LeaseStage.Closing or LeaseStage.Closed));
        if (lease?.Manifest is not { } hash || await manifests.FindAsync(lease.Id, hash, ct) is not { } stored) return new(HasDestination: false);
        var named = RouteBuilder.CustomHosts(ManifestDecoder.Decode(stored.GroupJson.Span).Groups[0]).ToHashSet(StringComparer.Ordinal);
        if (hosts.FirstOrDefault(host => !named.Contains(host)) is { } stranger) return new(HasDestination: true, NotNamed: stranger);
        return new(HasDestination: true, Taken: (await names.MoveAsync(lease.Id, hosts, ct)).TakenByOther);
    }

    /// <summary>The provider's own names are nobody else's: a tenant could take another's generated name, or answer in the provider's.</summary>
    private HostNamePolicy Policy()
    {
        var now = options.CurrentValue;
        var own = new List<string>(now.Blocked) { "localhost", ".localhost" };
        if (host.Value.Length > 0) own.Add(host.Value);
        if (host.IngressDomain.Length > 0) own.Add("." + host.IngressDomain);
        return new(now.Mode == IngressMode.None || (now.GeneratedNames && host.IngressDomain.Length > 0), own.ToValueList());
    }

    private static ManifestRefusal Refuse(string problem) => new(ManifestRule.HostNames, "hostname not allowed: " + problem);
}
