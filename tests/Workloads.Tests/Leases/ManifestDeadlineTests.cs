using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Leases;

/// <summary>Leases without a manifest end after their time, and only those.</summary>
[Trait(Pain.Trait, Pain.ManifestTimeout)]
public sealed class ManifestDeadlineTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly ManualTimeProvider _time = new();
    private readonly LeaseMarket _market = new(AccountAddress.Parse("akash1provider"));
    private readonly MemoryStores _stores = new();
    private readonly SettableOptions<WorkloadOptions> _options = new(new());
    private readonly SeenEngine _engine = new();
    private LeaseBook _book;
    private ManifestDeadline _deadline;

    public ManifestDeadlineTests() => (_book, _deadline) = Start();

    private ManifestIntake Intake => new(_book, _stores, _deadline, NullLogger<ManifestIntake>.Instance);

    public void Dispose()
    {
        _deadline.Dispose();
        _book.Dispose();
    }

    [Fact]
    public async Task Lease_WithoutAManifest_IsEndedOnceAfterItsTime()
    {
        var lease = await WinAsync(7);

        await PassAsync(Timeout - TimeSpan.FromSeconds(1));
        Assert.Empty(_market.Actions);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(1), _deadline.DueAt(lease));
        await PassAsync(TimeSpan.FromSeconds(1));
        await PassAsync(Timeout);
        Assert.Null(_deadline.DueAt(lease));

        Assert.Equal([new MarketAction.CloseBid(new(lease.Order, lease.Provider), LeaseCloseReason.ManifestTimeout)], _market.Actions);
        Assert.Equal(LeaseStage.Overdue, _book.Find(lease)?.Stage); // until the market's event comes
    }

    [Fact]
    public async Task Lease_WithAManifest_IsNeverTouched()
    {
        var lease = await WinAsync(7);
        Assert.True(await Intake.AcceptAsync(lease, Manifest(), CancellationToken.None));

        await PassAsync(10 * Timeout);

        Assert.Empty(_market.Actions);
        Assert.Null(_deadline.DueAt(lease));
    }

    [Fact]
    public async Task Attempt_EvenABadOne_GivesTheFullTimeAgain()
    {
        var lease = await WinAsync(7);
        var other = await WinAsync(8);

        await PassAsync(Timeout - TimeSpan.FromSeconds(1));
        Intake.NoteAttempt(lease.Deployment);
        await PassAsync(Timeout - TimeSpan.FromSeconds(1));
        Assert.Equal([other.Order], _market.Actions.OfType<MarketAction.CloseBid>().Select(close => close.Bid.Order));
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([other.Order, lease.Order], _market.Actions.OfType<MarketAction.CloseBid>().Select(close => close.Bid.Order));
    }

    [Fact]
    public async Task Manifest_ThatComesWhileTheLeaseIsEnded_IsNotAccepted()
    {
        var lease = await WinAsync(7);
        await PassAsync(Timeout);

        Assert.False(await Intake.AcceptAsync(lease, Manifest(), CancellationToken.None));
    }

    [Fact]
    public async Task Zero_WaitsForEver()
    {
        _options.Set(new() { ManifestTimeout = TimeSpan.Zero });
        await WinAsync(7);

        await PassAsync(TimeSpan.FromDays(30));

        Assert.Empty(_market.Actions);
    }

    [Fact]
    public async Task Restart_CountsAnew()
    {
        await WinAsync(7);
        await PassAsync(Timeout - TimeSpan.FromSeconds(1));

        await RestartAsync();
        await PassAsync(Timeout - TimeSpan.FromSeconds(1));

        Assert.Empty(_market.Actions);
    }

    [Fact]
    public async Task MarketAway_ItIsEndedWhenItIsBack()
    {
        await WinAsync(7);
        _market.IsAway = true;
        await PassAsync(Timeout);
        await PassAsync(Timeout);
        _market.IsAway = false;

        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Single(_market.Actions);
    }

    [Fact]
    public async Task Killed_BetweenStageAndMarket_TheNextRunFinishesIt()
    {
        var lease = await WinAsync(7);
        await _book.ApplyAsync(lease, LeaseEvent.ManifestOverdue, null, CancellationToken.None); // and then the power went

        await RestartAsync();
        await PassAsync(TimeSpan.Zero);

        Assert.Single(_market.Actions);
    }

    [Fact]
    public async Task Killed_AfterTheMarketEndedIt_NothingIsSentAgain()
    {
        var lease = await WinAsync(7);
        await PassAsync(Timeout);

        await RestartAsync();
        await PassAsync(Timeout);

        Assert.Single(_market.Actions);
        Assert.Equal(LeaseStage.Overdue, _book.Find(lease)?.Stage);
    }

    [Fact]
    public async Task MarketRefuses_TheTenantMayStillSend_AndNoFeeIsLostAgainAtOnce()
    {
        var lease = await WinAsync(7);
        _market.Refuses = MarketRefusal.InsufficientFunds;
        await PassAsync(Timeout);
        await PassAsync(TimeSpan.FromMinutes(29));
        Assert.Single(_market.Actions);

        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _market.Actions.Count);
        Assert.True(await Intake.AcceptAsync(lease, Manifest(), CancellationToken.None));
    }

    [Fact]
    public async Task Endpoint_ThatDoesNotKnowTheLease_EndsNothing()
    {
        var lease = await WinAsync(7);
        _market.KnowsNothing = true;

        await PassAsync(Timeout);

        Assert.Empty(_market.Actions);
        Assert.Equal(LeaseStage.AwaitingManifest, _book.Find(lease)?.Stage);
    }

    [Fact]
    public async Task Notice_WasPromised_IsKeptAndAskedForNothing()
    {
        var lease = await WinAsync(7, new LeaseReclaim(TimeSpan.FromHours(24), null));

        await PassAsync(10 * Timeout);

        Assert.Empty(_market.Actions);
        Assert.True(await Intake.AcceptAsync(lease, Manifest(), CancellationToken.None));
    }

    [Fact]
    public async Task LedgerLost_WhatRunsIsLeftAlone()
    {
        var lease = await WinAsync(7);
        _engine.Holds(lease, Build.Container(Build.Spec()));

        await PassAsync(10 * Timeout);
        Assert.Empty(_market.Actions);

        _engine.Holds(lease);
        await PassAsync(TimeSpan.FromSeconds(5));
        Assert.Single(_market.Actions);
    }

    [Fact]
    public async Task EngineAway_NothingIsConcluded()
    {
        await WinAsync(7);
        _engine.IsAway = true;

        await PassAsync(10 * Timeout);

        Assert.Empty(_market.Actions);
    }

    [Fact]
    public async Task LedgerAndContainersLost_ALeaseFromLongBeforeIsLeftAlone()
    {
        _market.Now = new(10 + (long)(TimeSpan.FromMinutes(11) / _market.Clock.TickLength));
        var lease = await WinAsync(7);

        await PassAsync(10 * Timeout);

        Assert.Empty(_market.Actions);
        Assert.True(await Intake.AcceptAsync(lease, Manifest(), CancellationToken.None));
    }

    private static StoredManifest Manifest() => new(Build.Manifest, "{}"u8.ToArray());

    private async Task<LeaseId> WinAsync(ulong dseq, LeaseReclaim? reclaim = null)
    {
        var lease = _market.Win(dseq, reclaim: reclaim);
        _engine.Holds(lease);
        await _book.AdoptAsync((await _market.FindLeaseAsync(lease, CancellationToken.None))!.Lease, CancellationToken.None);
        await _deadline.TurnAsync(CancellationToken.None);
        return lease;
    }

    private async Task PassAsync(TimeSpan span)
    {
        _time.Advance(span);
        _market.Now = new(_market.Now.Value + (long)(span / _market.Clock.TickLength));
        await _deadline.TurnAsync(CancellationToken.None);
    }

    private async Task RestartAsync()
    {
        Dispose();
        (_book, _deadline) = Start();
        await _book.LoadAsync(CancellationToken.None);
        await _deadline.TurnAsync(CancellationToken.None);
    }

    private (LeaseBook Book, ManifestDeadline Deadline) Start()
    {
        var book = new LeaseBook(_stores, _time, NullLogger<LeaseBook>.Instance);
        return (book, new(book, _engine, _market, _options, _time, NullLogger<ManifestDeadline>.Instance));
    }

    /// <summary>What the engine was seen to hold.</summary>
    private sealed class SeenEngine : IWorkloads
    {
        private readonly Dictionary<LeaseId, LeaseView> _leases = [];

        public bool IsAway { get; set; }

        public WorkloadSnapshot Snapshot => new(_leases, DateTimeOffset.UnixEpoch, IsAway);

        public void Holds(LeaseId lease, params ActualContainer[] containers)
        {
            var record = new LeaseRecord { Id = lease, Stage = LeaseStage.AwaitingManifest, Price = Rate.PerTick(Decimal18.One, Denom.Parse("uact")), CreatedAt = new(10), SeenAt = default };
            _leases[lease] = new(record, null, null, new(lease, [.. containers], [], []), new Dictionary<string, string>(), new Dictionary<string, int>());
        }
    }
}
