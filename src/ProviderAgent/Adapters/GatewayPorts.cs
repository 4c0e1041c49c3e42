using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProviderAgent.Bidding;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Config;
using ProviderAgent.Docker;
using ProviderAgent.Gateway;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;
using LeaseView = ProviderAgent.Gateway.LeaseView;
using LogLine = ProviderAgent.Gateway.LogLine;

namespace ProviderAgent.Adapters;

/// <summary>Checks tenants' signatures with the chain's curve.</summary>
internal sealed class SignatureVerifier : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Secp256k1PublicKey.TryParse(publicKey, out var key) && key is not null && key.Verify(message, signature);
}

/// <summary>Knows the chain's form of addresses.</summary>
internal sealed class AccountFormat : IAccountFormat
{
    public bool IsAccount(string text) => ChainAddress.TryParse(text, out _);
}

/// <summary>The host part of the provider's public address.</summary>
internal sealed class PublicHostName(IOptionsMonitor<ProviderOptions> options) : IPublicHostName
{
    public string Value => options.CurrentValue.HostUri?.Host ?? "";

    /// <inheritdoc/>
    public string IngressDomain => DomainOf(options.CurrentValue);

    /// <summary>The domain that is configured, or the one that follows from the provider's address.</summary>
    internal static string DomainOf(ProviderOptions provider) => provider.IngressDomain is { Length: > 0 } configured ? configured : Derive(provider.HostUri);

    /// <summary>By convention of the market the gateway is <c>provider.</c> and the ingress <c>ingress.</c> of one domain. An address has no domain.</summary>
    internal static string Derive(Uri? host) =>
        host is null || host.HostNameType != UriHostNameType.Dns ? ""
        : host.Host.StartsWith("provider.", StringComparison.Ordinal) ? "ingress." + host.Host["provider.".Length..]
        : "ingress." + host.Host;
}

/// <summary>What the gateway may know of leases.</summary>
internal sealed class LeaseDirectory(LeaseBook book, IWorkloads workloads, IManifestIntake manifests, IIngressView ingress, IPublicHostName publicHostName) : ILeaseDirectory
{
    public Task<IReadOnlyList<LeaseId>> ListRunningAsync(DeploymentId deployment, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<LeaseId>>([.. book.Open.Where(lease => lease.Id.Deployment == deployment && lease.Stage is not (LeaseStage.Overdue or LeaseStage.Closing)).Select(lease => lease.Id)]);

    public async Task<AcceptedGroup?> FindManifestAsync(LeaseId lease, CancellationToken ct)
    {
        try
        {
            return await manifests.FindAsync(lease, ct) is { } stored ? new(stored.Hash, stored.GroupJson) : null;
        }
        catch (LedgerException error)
        {
            throw new BackendUnavailableException("the provider's storage does not answer; try again", error);
        }
    }

    public Task<LeaseView> FindStatusAsync(LeaseId lease, CancellationToken ct) => Task.FromResult(Status(lease));

    private LeaseView Status(LeaseId lease)
    {
        if (book.Find(lease) is not { } record) return new LeaseView.Unknown();
        if (record.Manifest is null) return new LeaseView.NoManifest();
        var snapshot = workloads.Snapshot;
        if (!snapshot.Leases.TryGetValue(lease, out var view) || view is not { Group: { } group, Desired: { } desired }) return new LeaseView.NotDeployed();

        var services = group.Services.Select(service =>
        {
            var existing = view.Actual.Containers.Where(container => container.Service == service.Name).ToArray();
            var wanted = desired.Containers.Where(spec => spec.Service == service.Name).Select(spec => spec.Hash()).ToHashSet(StringComparer.Ordinal);
            return new ServiceStatus(service.Name, existing.Length, view.Ready(service.Name), existing.Count(container => wanted.Contains(container.SpecHash)), record.Generation, ingress.Snapshot.Routed(lease, service.Name).ToValueList());
        });
        var ports = desired.Containers.SelectMany(spec => spec.Ports.Select(port => new ForwardedPort(
            spec.Service, publicHostName.Value, port.ContainerPort, port.HostPort, port.Protocol == Workloads.PortProtocol.Udp ? ServiceExpose.Udp : ServiceExpose.Tcp))).ToValueList();
        return new LeaseView.Deployed(new(services.ToValueList(), ports.Count > 0 ? ports : null, LeasedIps: null, snapshot.IsStale ? snapshot.ReadAt : null));
    }
}

/// <summary>Hands checked manifests to the workloads room.</summary>
internal sealed class ManifestInbox(IManifestIntake intake, HostNameClaims hostNames, IAccessLists lists) : IManifestInbox
{
    public void NoteAttempt(DeploymentId deployment) => intake.NoteAttempt(deployment);

    public async Task<ManifestRefusal?> AcceptAsync(AcceptedManifest manifest, CancellationToken ct)
    {
        foreach (var (_, group) in manifest.Leases)
        {
            foreach (var service in group.Services)
            {
                if (lists.Current.RefuseImage(service.Image) is { } verdict) return new(ManifestRule.Image, $"service '{service.Name}': this provider does not run {service.Image} ({verdict.Detail})");
            }
        }

        foreach (var (lease, group) in manifest.Leases)
        {
            if (await hostNames.ClaimAsync(lease, group, ct) is { } refusal) return refusal;
        }

        foreach (var (lease, group) in manifest.Leases) await intake.AcceptAsync(lease, new(manifest.Hash, CanonicalManifest.EncodeGroup(group)), ct);
        return null;
    }
}

/// <summary>Moves host names, for the gateway.</summary>
internal sealed class HostNameDesk(HostNameClaims hostNames) : IHostNameDesk
{
    public async Task<HostNameMigration> MigrateAsync(GroupId destination, IReadOnlyList<string> hosts, CancellationToken ct)
    {
        try
        {
            return await hostNames.MoveAsync(destination, hosts, ct) switch
            {
                { HasDestination: false } => new HostNameMigration.NoDestination(),
                { NotNamed: { } host } => new HostNameMigration.NotNamed(host),
                { Taken: { } host } => new HostNameMigration.Taken(host),
                _ => new HostNameMigration.Moved(),
            };
        }
        catch (LedgerException error)
        {
            throw new BackendUnavailableException("the provider's storage does not answer; try again", error);
        }
    }
}

/// <summary>What tenants' containers wrote, for the gateway.</summary>
internal sealed class LeaseLogsSource(LeaseBook book, IWorkloads workloads, IWorkloadLogs logs) : ILeaseLogs
{
    public Task<LeaseLogs> OpenAsync(LogRequest request, CancellationToken ct)
    {
        if (book.Find(request.Lease) is null) return Task.FromResult<LeaseLogs>(new LeaseLogs.UnknownLease());
        var snapshot = workloads.Snapshot;
        if (snapshot.IsStale) throw new BackendUnavailableException("the container engine does not answer");
        if (!snapshot.Leases.TryGetValue(request.Lease, out var view) || view.Actual.Containers.Count == 0) return Task.FromResult<LeaseLogs>(new LeaseLogs.NoInstances());
        var known = view.Actual.Containers.Select(container => container.Service).ToHashSet(StringComparer.Ordinal);
        return Task.FromResult<LeaseLogs>(request.Services.FirstOrDefault(service => !known.Contains(service)) is { } unknown
            ? new LeaseLogs.UnknownService(unknown)
            : new LeaseLogs.Opened(ReadAsync(request, ct)));
    }

    private async IAsyncEnumerable<LogLine> ReadAsync(LogRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var lines = logs.ReadAsync(request.Lease, request.Services, request.Follow, request.Tail, ct).GetAsyncEnumerator(ct);
        while (true)
        {
            try
            {
                if (!await lines.MoveNextAsync()) yield break;
            }
            catch (EngineException error)
            {
                throw new BackendUnavailableException("the container engine does not answer", error);
            }

            yield return new(lines.Current.Instance, lines.Current.Text);
        }
    }
}

/// <summary>What everybody may know about this provider.</summary>
internal sealed class ProviderStatusSource(LeaseBook book, IReservationBook reservations, IBiddingStatus bidding, IPublicHostName publicHostName, IOptionsMonitor<BiddingOptions> options)
    : IProviderStatus
{
    public Task<ProviderStatus> ReadAsync(CancellationToken ct)
    {
        var snapshot = reservations.Snapshot;
        var leases = book.Open.Where(lease => lease.Stage != LeaseStage.Closing).ToArray();
        ValueList<ResourceTotals> Booked(bool assigned) => snapshot.Reservations.Values.Where(entry => entry.IsAssigned == assigned).Select(entry => Totals(entry.Allocation.Demand)).ToValueList();
        return Task.FromResult(new ProviderStatus(
            leases.Length,
            leases.Where(lease => lease.Manifest is not null).Select(lease => lease.Id.Deployment).Distinct().Count(),
            bidding.Current.LiveOrders,
            publicHostName.Value,
            options.CurrentValue.ReclamationWindow,
            Booked(assigned: true),
            Booked(assigned: false),
            [new NodeTotals(Environment.MachineName, Totals(snapshot, line => line.Total), Totals(snapshot, line => line.Free))],
            Storage: [],
            snapshot.Problem));
    }

    private static ResourceTotals Totals(Demand demand) =>
        new(new(demand.MilliCpu), (int)demand.Gpus, new(demand.MemoryBytes), new(demand.StorageBytes), PersistentStorage: []);

    private static ResourceTotals Totals(InventorySnapshot snapshot, Func<ResourceLine, long> amount) => new(
        new(amount(snapshot[ResourceKind.Cpu])),
        (int)amount(snapshot[ResourceKind.Gpu]),
        new(amount(snapshot[ResourceKind.Memory])),
        new(amount(snapshot[ResourceKind.Storage])),
        PersistentStorage: []);
}
