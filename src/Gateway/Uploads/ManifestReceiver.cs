using Microsoft.Extensions.Options;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What became of a manifest that a tenant sent.</summary>
internal abstract record ManifestOutcome
{
    private ManifestOutcome()
    {
    }

    public sealed record Accepted : ManifestOutcome;

    /// <summary>It is the one that is running already.</summary>
    public sealed record Unchanged : ManifestOutcome;

    public sealed record NoLease : ManifestOutcome;

    /// <summary>The bytes are no manifest.</summary>
    public sealed record Malformed(string Message) : ManifestOutcome;

    public sealed record Refused(ManifestRefusal Refusal) : ManifestOutcome;
}

/// <summary>Judges manifests and hands the good ones over.</summary>
internal sealed class ManifestReceiver(ILeaseDirectory leases, IManifestInbox inbox, MarketDeployments deployments, DeploymentLocks locks, IOptions<GatewayOptions> options)
{
    /// <summary>Judges one manifest of a deployment.</summary>
    /// <exception cref="BackendUnavailableException">Something that has to be asked does not answer; nothing has changed.</exception>
    public async Task<ManifestOutcome> ReceiveAsync(DeploymentId id, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        inbox.NoteAttempt(id);
        Manifest manifest;
        try
        {
            manifest = ManifestDecoder.Decode(body.Span, ManifestLimits.Default with { MaxBytes = (int)options.Value.Limits.Body.Bytes });
        }
        catch (ManifestException e)
        {
            return new ManifestOutcome.Malformed(e.Message);
        }

        using var turn = await locks.EnterAsync(id, ct);
        return await JudgeAsync(id, manifest, ct);
    }

    private async Task<ManifestOutcome> JudgeAsync(DeploymentId id, Manifest manifest, CancellationToken ct)
    {
        if (StructureRules.Check(manifest) is { } structure) return new ManifestOutcome.Refused(structure);
        var canonical = CanonicalManifest.Encode(manifest);
        var hash = CanonicalManifest.Hash(canonical);
        var (deployment, isFresh) = await deployments.FindAsync(id, ct);
        if (deployment is not null && deployment.Manifest != hash && !isFresh) deployment = await deployments.ReadAsync(id, ct); // announced a moment ago, perhaps
        if (deployment is null) return new ManifestOutcome.NoLease();
        var refusal = VersionRule.Check(hash, deployment.Manifest) ?? GroupRules.Check(manifest, [.. deployment.Groups.Select(group => group.Spec)]);
        if (refusal is not null) return new ManifestOutcome.Refused(refusal);

        var here = await leases.ListRunningAsync(id, ct);
        if (here.Count == 0) return new ManifestOutcome.NoLease();
        var groups = new List<LeasedGroup>();
        var isUnchanged = true;
        foreach (var lease in here)
        {
            var group = FindGroup(manifest, deployment, lease);
            groups.Add(new(lease, group));
            var running = await leases.FindManifestAsync(lease, ct);
            isUnchanged &= running?.Hash == hash;
            if (running is not null && UpdateRules.Check(ManifestDecoder.Decode(running.Canonical.Span).Groups[0], group) is { } update) return new ManifestOutcome.Refused(update);
        }

        if (isUnchanged) return new ManifestOutcome.Unchanged();
        refusal = await inbox.AcceptAsync(new(id, hash, canonical, groups.ToValueList()), ct);
        return refusal is null ? new ManifestOutcome.Accepted() : new ManifestOutcome.Refused(refusal);
    }

    private static ManifestGroup FindGroup(Manifest manifest, Deployment deployment, LeaseId lease)
    {
        foreach (var group in deployment.Groups)
        {
            if (group.Id == lease.Group && manifest.FindGroup(group.Spec.Name) is { } found) return found;
        }

        throw new BackendUnavailableException("the market does not list this lease's group yet; send the manifest again in a moment");
    }
}
