using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Runs policies over recorded orders, side by side. Memory does not grow with the orders.</summary>
/// <remarks>
/// A bid counts as won when it is cheaper than the price at which the order is known to have gone, and than those of the other policies;
/// equal prices are nobody's. Where no winner is known, the tenant is taken to accept the cheapest. A lease lasts as long as it is recorded to have lasted,
/// otherwise the expected length.
/// </remarks>
public sealed class Replay
{
    private readonly OfflineBidder[] _bidders;
    private readonly CapacityBook[] _hosts;
    private readonly PolicyTally[] _tallies;
    private readonly BidDecision[] _decisions;
    private readonly TimeSpan _leaseLength;

    /// <param name="bidders">The policies, all at one pace of the market.</param>
    /// <param name="host">What the host has, and what of it is free.</param>
    /// <param name="leaseLength">How long a lease lasts where that is not recorded.</param>
    public Replay(IReadOnlyList<OfflineBidder> bidders, InventorySnapshot host, TimeSpan leaseLength)
    {
        _bidders = [.. bidders];
        _tallies = [.. bidders.Select(_ => new PolicyTally())];
        _hosts = [.. _tallies.Select(tally => new CapacityBook(host, leaseLength, tally.Timeline))];
        _decisions = new BidDecision[_bidders.Length];
        _leaseLength = leaseLength;
    }

    /// <summary>When the first order was seen; null before it.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>When the last order was seen.</summary>
    public DateTimeOffset? To { get; private set; }

    /// <summary>The sums of each policy so far.</summary>
    public IReadOnlyList<PolicyTally> Tallies => _tallies;

    /// <summary>What each policy decided on the latest order.</summary>
    public IReadOnlyList<BidDecision> Latest => _decisions;

    /// <summary>Takes the next order, not earlier than the one before.</summary>
    /// <param name="order">The order.</param>
    /// <param name="akt">What an AKT is taken to be worth where the record does not say; null for not known.</param>
    /// <param name="ct">Stops waiting for a policy that asks outside.</param>
    /// <param name="market">What the market says of this provider and of the order's bids; null for a replay, which looks at the order and the host alone.</param>
    public async ValueTask AddAsync(RecordedOrder order, CoinPrice? akt, CancellationToken ct, LiveOrder? market = null)
    {
        From ??= order.SeenAt;
        To = order.SeenAt;
        var facts = new PricingFacts { Now = order.SeenAt, Akt = order.Akt is { } usd ? new(usd, "recorded", order.SeenAt) : akt, AktProblem = "it was not recorded: give --akt-usd" };
        var seen = new OrderFacts(order.Order, order.Group, order.MinReclaimWindow, market?.BidCount) { CreatedAt = market?.CreatedAt };
        for (var i = 0; i < _bidders.Length; i++)
        {
            _hosts[i].MoveTo(order.SeenAt);
            _decisions[i] = await _bidders[i].DecideAsync(seen, facts with { Inventory = _hosts[i].Now }, market?.Host, ct);
            Count(_tallies[i], _decisions[i]);
        }

        for (var i = 0; i < _bidders.Length; i++)
        {
            if (_decisions[i] is not BidDecision.Submit(var quote) || !IsCheapest(i, quote.Price.Amount, order)) continue;
            var fits = _hosts[i].TryAdd(order.Order, order.Group, order.Lasted);
            var months = Decimal18.FromInteger((order.Lasted ?? _leaseLength).Ticks) / Decimal18.FromInteger((long)(TimeSpan.TicksPerDay * 30.437m));
            var income = UsdPerMonth(order, quote.Price.Amount, facts, _bidders[i].Clock) * months;
            _tallies[i].Win(fits, income);
            if (fits) _tallies[i].Timeline.Earned(order.SeenAt, (double)income.Atomics / 1e18);
        }
    }

    private static void Count(PolicyTally tally, BidDecision decision)
    {
        switch (decision)
        {
            case BidDecision.Submit(var quote):
                tally.Bid((double)(quote.UsdPerMonth ?? Decimal18.Zero).Atomics / 1e18);
                break;
            case BidDecision.Decline decline:
                tally.Decline(decline.Reason);
                break;
            default:
                throw new InvalidOperationException("unknown decision");
        }
    }

    private bool IsCheapest(int mine, Decimal18 price, RecordedOrder order)
    {
        if (order.WinningPrice is { } won && won.Denom == order.Group.Units[0].PriceLimit.Denom && won.Per == TimeBase.Tick && price > won.Amount) return false;
        for (var i = 0; i < _decisions.Length; i++)
        {
            if (i != mine && _decisions[i] is BidDecision.Submit(var other) && other.Price.Amount <= price) return false;
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

/// <summary>What only the market knows when an order is looked at.</summary>
/// <param name="Host">This provider as the market has it.</param>
/// <param name="BidCount">Bids on the order.</param>
/// <param name="CreatedAt">When it was posted.</param>
public sealed record LiveOrder(HostFacts Host, int? BidCount, MarketTick CreatedAt);
