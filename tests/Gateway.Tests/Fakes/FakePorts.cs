using System.Collections.Concurrent;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Fakes;

internal sealed class FakeCertificate : IGatewayCertificate
{
    public GatewayIdentity? Current { get; set; } = TestCertificates.New("provider.example.com");
}

internal sealed class FakeDirectory : ILeaseDirectory
{
    public ConcurrentDictionary<DeploymentId, IReadOnlyList<LeaseId>> Running { get; } = new();

    public ConcurrentDictionary<LeaseId, AcceptedGroup> Manifests { get; } = new();

    public ConcurrentDictionary<LeaseId, LeaseView> Views { get; } = new();

    public bool IsDown { get; set; }

    public Task<IReadOnlyList<LeaseId>> ListRunningAsync(DeploymentId deployment, CancellationToken ct) => Answer(Running.GetValueOrDefault(deployment, []));

    public Task<AcceptedGroup?> FindManifestAsync(LeaseId lease, CancellationToken ct) => Answer(Manifests.GetValueOrDefault(lease));

    public Task<LeaseView> FindStatusAsync(LeaseId lease, CancellationToken ct) => Answer(Views.GetValueOrDefault(lease, new LeaseView.Unknown()));

    private Task<T> Answer<T>(T value) => IsDown ? Task.FromException<T>(new BackendUnavailableException("the leases are not known yet")) : Task.FromResult(value);
}

/// <summary>Keeps what it is given, as the real one, and shows it through the directory.</summary>
internal sealed class FakeInbox(FakeDirectory directory) : IManifestInbox
{
    private int _attempts;

    public ConcurrentQueue<AcceptedManifest> Accepted { get; } = new();

    public int Attempts => _attempts;

    /// <summary>Asked for each manifest; a refusal is passed on.</summary>
    public Func<AcceptedManifest, ManifestRefusal?> Judge { get; set; } = _ => null;

    public Exception? Failure { get; set; }

    public void NoteAttempt(DeploymentId deployment) => Interlocked.Increment(ref _attempts);

    public Task<ManifestRefusal?> AcceptAsync(AcceptedManifest manifest, CancellationToken ct)
    {
        if (Failure is not null) throw Failure;
        if (Judge(manifest) is { } refusal) return Task.FromResult<ManifestRefusal?>(refusal);
        Accepted.Enqueue(manifest);
        foreach (var lease in manifest.Leases) directory.Manifests[lease.Lease] = new(manifest.Hash, CanonicalManifest.EncodeGroup(lease.Group));
        return Task.FromResult<ManifestRefusal?>(null);
    }
}

internal sealed class FakeHostNames : IHostNameDesk
{
    public ConcurrentQueue<(GroupId Destination, IReadOnlyList<string> Hosts)> Moves { get; } = new();

    public HostNameMigration Outcome { get; set; } = new HostNameMigration.Moved();

    public Task<HostNameMigration> MigrateAsync(GroupId destination, IReadOnlyList<string> hosts, CancellationToken ct)
    {
        Moves.Enqueue((destination, hosts));
        return Task.FromResult(Outcome);
    }
}

internal sealed class FakeLogs : ILeaseLogs
{
    public ConcurrentQueue<LogRequest> Requests { get; } = new();

    public Func<LogRequest, LeaseLogs> Open { get; set; } = _ => new LeaseLogs.UnknownLease();

    public Task<LeaseLogs> OpenAsync(LogRequest request, CancellationToken ct)
    {
        Requests.Enqueue(request);
        return Task.FromResult(Open(request));
    }
}

internal sealed class FakeProviderStatus : IProviderStatus
{
    public Func<ProviderStatus> Read { get; set; } = () => new(0, 0, 0, "", null, [], [], [], [], null);

    public Task<ProviderStatus> ReadAsync(CancellationToken ct) => Task.FromResult(Read());
}
