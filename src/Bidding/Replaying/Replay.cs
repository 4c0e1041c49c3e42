using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Runs policies over recorded orders, side by side. Memory does not grow with the orders.</summary>
/// <remarks>
/// A bid counts as won when it is cheaper than the price at which the order is known to have gone, and than those of the other policies;
/// equal prices are nobody's. Where no winner is known, the tenant is taken to accept the cheapest. A lease lasts the expected length.
/// </remarks>
public sealed class Replay
{
    private readonly OfflineBidder[] _bidders;
    private readonly CapacityBook[] _hosts;
    private readonly PolicyTally[] _tallies;
    private readonly Decimal18?[] _prices;
    private readonly Decimal18 _months;

    /// <param name="bidders">The policies, all at one pace of the market.</param>
    /// <param name="host">What the host has.</param>
    /// <param name="leaseLength">How long a lease lasts.</param>
    public Replay(IReadOnlyList<OfflineBidder> bidders, HostCapacity host, TimeSpan leaseLength)
    {
        _bidders = [.. bidders];
        _hosts = [.. bidders.Select(_ => new CapacityBook(host, leaseLength))];
        _tallies = [.. bidders.Select(_ => new PolicyTally())];
        _prices = new Decimal18?[_bidders.Length];
        _months = Decimal18.FromInteger(leaseLength.Ticks) / Decimal18.FromInteger((long)(TimeSpan.TicksPerDay * 30.437m));
    }

    /// <summary>When the first order was seen; null before it.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>When the last order was seen.</summary>
    public DateTimeOffset? To { get; private set; }

    /// <summary>The sums of each policy so far.</summary>
    public IReadOnlyList<PolicyTally> Tallies
    {
        get
        {
            for (var i = 0; i < _tallies.Length; i++) _tallies[i].Use = _hosts[i].Use;
            return _tallies;
        }
    }

    /// <summary>Takes the next order, not earlier than the one before.</summary>
    /// <param name="order">The order.</param>
    /// <param name="akt">What an AKT is taken to be worth where the record does not say; null for not known.</param>
    /// <param name="ct">Stops waiting for a policy that asks outside.</param>
    public async ValueTask AddAsync(RecordedOrder order, CoinPrice? akt, CancellationToken ct)
    {
        From ??= order.SeenAt;
        To = order.SeenAt;
        var facts = new PricingFacts { Now = order.SeenAt, Akt = order.Akt is { } usd ? new(usd, "recorded", order.SeenAt) : akt };
        var seen = new OrderFacts(order.Order, order.Group, order.MinReclaimWindow, null);
        for (var i = 0; i < _bidders.Length; i++)
        {
            _hosts[i].MoveTo(order.SeenAt);
            _prices[i] = await JudgeAsync(_bidders[i], _tallies[i], seen, facts, ct);
        }

        for (var i = 0; i < _bidders.Length; i++)
        {
            if (_prices[i] is not { } price || !IsCheapest(i, price, order)) continue;
            var fits = _hosts[i].TryAdd(order.Group);
            _tallies[i].Win(fits, UsdPerMonth(order, price, facts, _bidders[i].Clock) * _months);
        }
    }

    private static async ValueTask<Decimal18?> JudgeAsync(OfflineBidder bidder, PolicyTally tally, OrderFacts order, PricingFacts facts, CancellationToken ct)
    {
        switch (await bidder.DecideAsync(order, facts, ct))
        {
            case BidDecision.Submit(var quote):
                tally.Bid((double)(quote.UsdPerMonth ?? Decimal18.Zero).Atomics / 1e18);
                return quote.Price.Amount;
            case BidDecision.Decline decline:
                tally.Decline(decline.Reason);
                return null;
            default:
                throw new InvalidOperationException("unknown decision");
        }
    }

    private bool IsCheapest(int mine, Decimal18 price, RecordedOrder order)
    {
        if (order.WinningPrice is { } won && won.Denom == order.Group.Units[0].PriceLimit.Denom && won.Per == TimeBase.Tick && price > won.Amount) return false;
        for (var i = 0; i < _prices.Length; i++)
        {
            if (i != mine && _prices[i] is { } other && other <= price) return false;
        }

        return true;
    }

    private static Decimal18 UsdPerMonth(RecordedOrder order, Decimal18 price, PricingFacts facts, MarketClock clock)
    {
        var denom = order.Group.Units[0].PriceLimit.Denom;
        var worth = denom.Value == "uakt" ? facts.Akt?.Usd : Decimal18.One;
        return new Conversion(denom, worth, "", clock).ToUsd(price) ?? Decimal18.Zero;
    }
}
