using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Decides on orders by settings alone: no host is looked at and no market asked. For trying settings out.</summary>
/// <remarks>Takes the same rules and the same pricing as the daemon; leaves out what depends on the host, the account and the market's state.</remarks>
public sealed class OfflineBidder : IDisposable
{
    private static readonly AccountAddress Nobody = AccountAddress.Parse("akash1offline");

    private readonly ConfiguredPricing _pricing;
    private readonly HostFacts _settings;

    /// <param name="bidding">Lists with a file or an address count by their written entries only.</param>
    /// <param name="pricing">How prices are made.</param>
    /// <param name="clock">The market's pace.</param>
    /// <param name="time">Clock of deadlines.</param>
    /// <param name="loggers">Where odd settings are told.</param>
    public OfflineBidder(BiddingOptions bidding, PricingOptions pricing, MarketClock clock, TimeProvider time, ILoggerFactory loggers)
    {
        Clock = clock;
        Warnings = new PricingPlan(pricing).Warnings;
        _pricing = new(new FixedPricing(pricing), time, loggers.CreateLogger<ConfiguredPricing>());
        _settings = new()
        {
            Account = Nobody,
            Parameters = new([], int.MaxValue, null),
            Clock = clock,
            Inventory = new(null, null, [], true, ImmutableDictionary<OrderId, Reservation>.Empty),
            MaxOpenBids = int.MaxValue,
            ReclaimWindow = bidding.ReclamationWindow,
            Deposit = bidding.Deposit,
            Filters = bidding.Filters.Select(filter => new MarketAttribute(filter.Key, filter.Value)).ToValueList(),
            Coins = bidding.Coins.Select(Denom.Parse).ToValueList(),
            Lists = new([.. bidding.Lists.Where(list => list.Entries.Count > 0).Select(list => new AccessList(list.Name, list.Effect, list.Subject, new HashSet<string>(list.Entries, StringComparer.Ordinal), null))]),
        };
    }

    /// <summary>The market's pace that prices are made for.</summary>
    public MarketClock Clock { get; }

    /// <summary>What a person should know of the settings though they can be used.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Decides on one order.</summary>
    public ValueTask<BidDecision> DecideAsync(OrderFacts order, PricingFacts facts, CancellationToken ct)
    {
        if (ScreeningRules.FirstObjectionToOrder(order, _settings) is { } objection) return ValueTask.FromResult<BidDecision>(objection);
        if (order.MinReclaimWindow is { } wanted && (_settings.ReclaimWindow ?? TimeSpan.Zero) < wanted)
        {
            return ValueTask.FromResult<BidDecision>(_settings.ReclaimWindow is { } ours
                ? new BidDecision.Decline(DeclineReason.ReclaimTooShort, $"the tenant wants {wanted} of notice, we promise {ours}")
                : new BidDecision.Decline(DeclineReason.ReclaimNotOffered, $"the tenant wants {wanted} of notice: set bidding.reclamation_window to promise it"));
        }

        var request = new PricingRequest(order.Id, order.Group, Clock) { Facts = facts with { Deposit = _settings.Deposit, ReclaimWindow = _settings.ReclaimWindow } };
        var price = _pricing.PriceAsync(request, ct);
        return price.IsCompletedSuccessfully ? ValueTask.FromResult(BidRules.Judge(order, price.Result, request.Facts)) : LaterAsync(order, price, request.Facts);
    }

    public void Dispose() => _pricing.Dispose();

    private static async ValueTask<BidDecision> LaterAsync(OrderFacts order, ValueTask<PriceResult> price, PricingFacts facts) => BidRules.Judge(order, await price, facts);

    private sealed class FixedPricing(PricingOptions value) : IOptionsMonitor<PricingOptions>
    {
        public PricingOptions CurrentValue => value;

        public PricingOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<PricingOptions, string?> listener) => null;
    }
}
