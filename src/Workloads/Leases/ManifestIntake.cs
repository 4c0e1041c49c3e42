using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Takes manifests that the gateway has checked.</summary>
public interface IManifestIntake
{
    /// <summary>A tenant tries to send one, be it wrong: its leases are not given up meanwhile.</summary>
    void NoteAttempt(DeploymentId deployment);

    /// <summary>Makes a manifest the one to run. Durable when it returns; the containers follow.</summary>
    /// <returns>False when this host has no such running lease.</returns>
    Task<bool> AcceptAsync(LeaseId lease, StoredManifest manifest, CancellationToken ct);

    /// <summary>The manifest that runs, or should.</summary>
    Task<StoredManifest?> FindAsync(LeaseId lease, CancellationToken ct);
}

/// <inheritdoc/>
internal sealed partial class ManifestIntake(LeaseBook book, IManifestStore manifests, ManifestDeadline deadline, ILogger<ManifestIntake> log) : IManifestIntake
{
    public void NoteAttempt(DeploymentId deployment) => deadline.NoteAttempt(deployment);

    public async Task<bool> AcceptAsync(LeaseId lease, StoredManifest manifest, CancellationToken ct)
    {
        if (book.Find(lease) is not { Stage: not (LeaseStage.Closing or LeaseStage.Closed) } known) return false;
        // Sent again nothing restarts; one that did not stay up gets another try.
        if (known.Manifest == manifest.Hash && known.FailedManifest != manifest.Hash) return true;
        await manifests.SaveAsync(lease, manifest, known.GoodManifest, ct);
        var applied = await book.ApplyAsync(
            lease,
            LeaseEvent.ManifestAccepted,
            record => record with { Manifest = manifest.Hash, FailedManifest = null, Generation = record.Generation + 1 },
            ct);
        if (applied is not null) Log.Accepted(log, lease, manifest.Hash, applied.Generation);
        return applied is not null;
    }

    public Task<StoredManifest?> FindAsync(LeaseId lease, CancellationToken ct) => book.Find(lease)?.Manifest is { } hash ? manifests.FindAsync(lease, hash, ct) : Task.FromResult<StoredManifest?>(null);

    private static partial class Log
    {
        [LoggerMessage(4090, LogLevel.Information, "{Lease}: manifest {Manifest} accepted (number {Generation})", EventName = "Accepted")]
        public static partial void Accepted(ILogger logger, LeaseId lease, ManifestHash manifest, int generation);
    }
}
