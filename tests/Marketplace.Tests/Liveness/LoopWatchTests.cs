using System.Runtime.CompilerServices;

namespace ProviderAgent.Marketplace.Tests.Liveness;

public sealed class LoopWatchTests
{
    private static readonly TimeSpan Allowance = TimeSpan.FromMinutes(2);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Stuck_NotStarted_IsAlive()
    {
        var sut = CreateSut();

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Null(sut.Stuck);
    }

    [Fact]
    public void Stuck_NextTurnOverdueBySeveralPeriods_TellsHowLong()
    {
        var sut = CreateSut();
        sut.Turned(TimeSpan.FromMinutes(1));

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(sut.Stuck);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(301), sut.Stuck);
        sut.Working();
        Assert.Null(sut.Stuck);
    }

    [Fact]
    public void Stuck_TurnTakesLongerThanAllowed_TellsUnlessItComesFurther()
    {
        var sut = CreateSut();
        sut.Working();
        for (var step = 0; step < 10; step++)
        {
            _time.Advance(Allowance);
            Assert.Null(sut.Stuck);
            sut.Progress();
        }

        _time.Advance(Allowance + TimeSpan.FromTicks(1));

        Assert.NotNull(sut.Stuck);
    }

    [Fact]
    public void Stuck_IdleAndProgressOfSomebodyElse_StaysAlive()
    {
        var sut = CreateSut();
        sut.Working();
        sut.Idle();
        sut.Progress();

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Null(sut.Stuck);
    }

    [Fact]
    public async Task OutsideAsync_LongWait_DoesNotCount()
    {
        var sut = CreateSut();
        sut.Working();
        var answer = new TaskCompletionSource<int>();
        var wait = sut.OutsideAsync(() => answer.Task);
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Null(sut.Stuck);

        answer.SetResult(7);

        Assert.Equal(7, await wait);
        Assert.Null(sut.Stuck);
        _time.Advance(Allowance + TimeSpan.FromTicks(1));
        Assert.NotNull(sut.Stuck);
    }

    [Fact]
    public async Task OutsideAsync_WaitFails_CountsAgain()
    {
        var sut = CreateSut();
        sut.Working();

        await Assert.ThrowsAsync<MarketUnavailableException>(() => sut.OutsideAsync(Task () => throw new MarketUnavailableException("away")));
        _time.Advance(Allowance + TimeSpan.FromTicks(1));

        Assert.NotNull(sut.Stuck);
    }

    [Fact]
    public async Task WatchedMarketplace_ListThatComesSlowly_CountsOnlyTheTimeBetweenItsItems()
    {
        var sut = CreateSut();
        sut.Working();
        var market = new SlowMarket();
        await using var leases = new WatchedMarketplace(market, sut).ListOwnLeasesAsync(LeaseState.Active, default).GetAsyncEnumerator();

        var next = leases.MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(sut.Stuck);
        market.Item.SetResult();
        Assert.True(await next);

        _time.Advance(Allowance + TimeSpan.FromTicks(1));
        Assert.NotNull(sut.Stuck);
        Assert.False(await leases.MoveNextAsync());
        Assert.Null(sut.Stuck);
    }

    [Fact]
    public async Task WatchedMarketplace_SubmittedAction_WaitsForTheMarketHoweverLong()
    {
        var sut = CreateSut();
        sut.Working();
        var market = new SlowMarket();
        var action = new MarketAction.Withdraw(LeaseOf(market.Account));

        var outcome = new WatchedMarketplace(market, sut).SubmitAsync(action, default);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Null(sut.Stuck);
        market.Item.SetResult();
        Assert.IsType<ActionOutcome.Refused>(await outcome);
    }

    private LoopWatch CreateSut() => new(_time, Allowance);

    private static LeaseId LeaseOf(AccountAddress provider) => new(new(AccountAddress.Parse("akash1tenant"), 1, 1, 1), provider);

    private sealed class SlowMarket : MarketStub
    {
        public TaskCompletionSource Item { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override AccountAddress Account => AccountAddress.Parse("akash1provider");

        public override async IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, [EnumeratorCancellation] CancellationToken ct)
        {
            await Item.Task;
            var id = LeaseOf(Account);
            var denom = Denom.Parse("uact");
            var rate = Rate.PerTick(Decimal18.FromInteger(1), denom);
            yield return new(new(id, LeaseState.Active, rate, new(1), null, LeaseCloseReason.Unknown, null), new(id, EscrowState.Open, rate, default, new(0, denom)));
        }

        public override async Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct)
        {
            await Item.Task;
            return new ActionOutcome.Refused(MarketRefusal.Other, "no", new(0, Denom.Parse("uakt")));
        }
    }
}
