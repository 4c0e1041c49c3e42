using Microsoft.Extensions.DependencyInjection;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Leases;

/// <summary>What a comparison with the market does to reservations, on the real book of the host.</summary>
public sealed class LeaseKeeperTests : IAsyncLifetime
{
    private readonly LeaseMarket _market = new(AccountAddress.Parse("akash1provider"));
    private readonly MemoryStores _stores = new();
    private readonly ServiceProvider _services;

    public LeaseKeeperTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IMarketplace>(_market);
        services.AddSingleton<ILeaseStore>(_stores);
        services.AddSingleton<IManifestStore>(_stores);
        services.AddSingleton<IPortStore>(_stores);
        services.AddInventory();
        services.AddWorkloads();
        _services = services.BuildServiceProvider();
    }

    private LeaseKeeper Keeper => _services.GetRequiredService<LeaseKeeper>();

    private IReservationBook Book => _services.GetRequiredService<IReservationBook>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task Sweep_LeaseThatRuns_IsBookedOnceAndKept()
    {
        var lease = _market.Win(7);

        await Keeper.SweepOnceAsync(CancellationToken.None);
        await Keeper.SweepOnceAsync(CancellationToken.None);

        Assert.Equal([lease.Order], Book.Snapshot.Reservations.Keys);
        Assert.True(Book.Snapshot.Reservations[lease.Order].IsAssigned);
    }

    [Fact]
    public async Task Sweep_LeaseThatEndedBeforeItWasSeen_GivesItsResourcesBack()
    {
        var lease = await AssignWithoutLookingAsync();
        _market.Close(lease);

        await Keeper.SweepOnceAsync(CancellationToken.None);

        Assert.Empty(Book.Snapshot.Reservations);
        Assert.Empty(_stores.Leases);
    }

    [Fact]
    public async Task Sweep_MarketThatKnowsNothing_KeepsWhatIsAssigned()
    {
        var lease = await AssignWithoutLookingAsync();
        _market.KnowsNothing = true;

        await Keeper.SweepOnceAsync(CancellationToken.None);

        Assert.Equal([lease.Order], Book.Snapshot.Reservations.Keys);
    }

    [Fact]
    public async Task Sweep_MarketAway_KeepsWhatIsAssigned()
    {
        var lease = await AssignWithoutLookingAsync();
        _market.IsAway = true;

        await Assert.ThrowsAsync<MarketUnavailableException>(() => Keeper.SweepOnceAsync(CancellationToken.None));

        Assert.Equal([lease.Order], Book.Snapshot.Reservations.Keys);
    }

    /// <summary>As bidding does when a bid is accepted, without the keeper having heard of the lease.</summary>
    private async Task<LeaseId> AssignWithoutLookingAsync()
    {
        var lease = _market.Win(7);
        var deployment = await _market.FindDeploymentAsync(lease.Deployment, CancellationToken.None);
        Book.EnsureAssigned(lease.Order, Assert.IsType<Deployment>(deployment).Groups[0].Spec);
        return lease;
    }
}
