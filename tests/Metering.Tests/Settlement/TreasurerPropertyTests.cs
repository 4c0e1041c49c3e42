using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Metering.Tests;

/// <summary>Days of trouble in random order: whatever happens, the books end equal to the market, to the unit.</summary>
public sealed class TreasurerPropertyTests
{
    private const int Leases = 4;

    private enum Trouble
    {
        None,
        ReplyLost,
        NeverSent,
        Late,
        Refused,
        MarketDown,
        BooksAway,
        TotalsLag,
        Restart,
        CloseLease,
        TopUp,
        WithdrawAll,
        ClockBack,
    }

    private sealed record Step(Trouble Trouble, int Ticks, int Lease);

    [Fact]
    public void AnyTrouble_BooksEndEqualToTheMarket() =>
        Prop.ForAll(Gen.ListOf(StepGenerator()).ToArbitrary(), steps => Run(steps).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static Gen<Step> StepGenerator() =>
        from trouble in Gen.Elements(Enum.GetValues<Trouble>())
        from ticks in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(50, 500), Gen.Choose(5_000, 20_000))
        from lease in Gen.Choose(0, Leases - 1)
        select new Step(trouble, ticks, lease);

    private static async Task<bool> Run(IList<Step> steps)
    {
        var world = new World();
        foreach (var step in steps)
        {
            await world.DoAsync(step);

            // At every moment: nothing booked that was not paid, nothing settled twice in a tick.
            Assert.True(world.Books.Rows.Sum(row => row.Delta.Amount) <= world.Market.PaidOut);
            Assert.Empty(world.Market.DoubleSettlements);
        }

        await world.CalmAsync();
        for (var n = 0; n < Leases; n++) Assert.Equal(world.Market.Withdrawn(World.Lease(n)), world.Books.Income(World.Lease(n)));
        Assert.Equal(world.Market.PaidOut, world.Books.Rows.Sum(row => row.Delta.Amount));
        Assert.Empty(world.Books.Open);
        return true;
    }

    private sealed class World
    {
        private readonly ManualTimeProvider _time = new(Sample.Epoch);
        private readonly FixedOptions<TreasuryOptions> _options = new(new() { Withdraw = new() { Interval = TimeSpan.FromMinutes(10), MaxFeeShare = 0.5m } });
        private Treasurer _treasurer;

        public World()
        {
            Books = new(_time);
            for (var n = 0; n < Leases; n++) Market.AddLease(Lease(n), "7.3", 400_000);
            _treasurer = Start();
        }

        public ScriptedMarket Market { get; } = new();

        public MemorySettlementLog Books { get; }

        /// <summary>Two deployments with two leases each.</summary>
        public static LeaseId Lease(int n) => Sample.Lease((ulong)(n / 2) + 1, (uint)(n % 2) + 1);

        public async Task DoAsync(Step step)
        {
            Pass(step.Ticks);
            Market.Next = step.Trouble switch
            {
                Trouble.ReplyLost => MarketAnswer.ReplyLost,
                Trouble.NeverSent => MarketAnswer.NeverSent,
                Trouble.Late => MarketAnswer.Late,
                Trouble.Refused => MarketAnswer.Refused,
                _ => MarketAnswer.Done,
            };
            Market.IsDown = step.Trouble == Trouble.MarketDown;
            Books.IsAway = step.Trouble == Trouble.BooksAway;
            if (step.Trouble == Trouble.TotalsLag) Market.FreezeTotals();
            if (step.Trouble == Trouble.Restart) _treasurer = Start();
            if (step.Trouble == Trouble.CloseLease) Close(step.Lease);
            if (step.Trouble == Trouble.TopUp) Market.TopUp(Lease(step.Lease).Deployment, 100_000);
            if (step.Trouble == Trouble.ClockBack) _time.StepWallClock(TimeSpan.FromHours(-5));
            try
            {
                if (step.Trouble == Trouble.WithdrawAll) await WithdrawAllAsync();
                else await _treasurer.CheckAsync(default);
            }
            catch (Exception e) when (e is MarketUnavailableException or MeteringUnavailableException)
            {
                // As the loop does: the next check tries again.
            }

            Market.UnfreezeTotals();
            Pass(2);
            Market.IncludeLate();
        }

        public async Task CalmAsync()
        {
            (Market.IsDown, Books.IsAway, Market.Next) = (false, false, MarketAnswer.Done);
            for (var i = 0; i < 5; i++)
            {
                Pass(150);
                await _treasurer.CheckAsync(default);
            }

            // The last withdrawal may have been sent in the last check; its total is read in the next one, which sends nothing more.
            Market.Next = MarketAnswer.Refused;
            Pass(3);
            await _treasurer.CheckAsync(default);
        }

        private async Task WithdrawAllAsync()
        {
            var drawing = _treasurer.WithdrawAllAsync(default);
            while (!drawing.IsCompleted)
            {
                Pass(1);
                await Task.Yield();
            }

            await drawing;
        }

        /// <summary>A tenant's settlement; not in the tick of another one, which the market would refuse.</summary>
        private void Close(int n)
        {
            Pass(1);
            Market.Close(Lease(n));
        }

        private Treasurer Start() => new(Market, Books, _options, _time, Sample.Metrics(), new MemoryLog<Treasurer>());

        private void Pass(long ticks)
        {
            Market.Advance(ticks);
            _time.Advance(ticks * Market.Clock.TickLength);
        }
    }
}
