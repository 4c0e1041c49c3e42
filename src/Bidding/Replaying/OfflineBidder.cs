using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Decides on orders without a daemon: by settings alone, on a host of some size, or as this provider would at this moment. For trying settings out.</summary>
/// <remarks>Takes the same rules and the same pricing as the daemon; each rule that needs a fact which is not given is left out.</remarks>
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
    /// <param name="attributes">What this provider has, or will have, registered on the market; null to leave out the rules that need it.</param>
    public OfflineBidder(BiddingOptions bidding, PricingOptions pricing, MarketClock clock, TimeProvider time, ILoggerFactory loggers, ValueList<MarketAttribute>? attributes = null)
    {
        Clock = clock;
        Warnings = new PricingPlan(pricing).Warnings;
        _pricing = new(new FixedPricing(pricing), time, loggers.CreateLogger<ConfiguredPricing>());
        _settings = new()
        {
            Account = Nobody,
            Record = attributes is { } registered ? new(Nobody, new("https://nowhere.invalid"), registered, "", "") : null,
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

    /// <summary>Decides on one order by settings, and on the host that the facts describe, if they do.</summary>
    public ValueTask<BidDecision> DecideAsync(OrderFacts order, PricingFacts facts, CancellationToken ct) => DecideAsync(order, facts, null, ct);

    /// <summary>Decides on one order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="facts">Time, coin prices and, where a host is to be reckoned with, what is free on it.</param>
    /// <param name="live">This provider as the market has it, for all rules of the daemon; null to look at the order and the host alone.</param>
    /// <param name="ct">Stops waiting for a policy that asks outside.</param>
    public ValueTask<BidDecision> DecideAsync(OrderFacts order, PricingFacts facts, HostFacts? live, CancellationToken ct)
    {
        var host = live is null
            ? _settings with { Inventory = facts.Inventory ?? _settings.Inventory }
            : live with { Inventory = facts.Inventory ?? live.Inventory, Filters = _settings.Filters, Coins = _settings.Coins, Lists = _settings.Lists, ReclaimWindow = _settings.ReclaimWindow };
        if (Object(order, host, isLive: live is not null, hasHost: facts.Inventory is not null) is { } objection) return ValueTask.FromResult<BidDecision>(objection);
        var told = facts with
        {
            Deposit = host.Deposit ?? facts.Deposit,
            ReclaimWindow = host.ReclaimWindow,
            Gpus = facts.Inventory is { } stock ? PickedGpu.Of(stock, order.Group) : facts.Gpus,
        };
        var price = _pricing.PriceAsync(new(order.Id, order.Group, Clock) { Facts = told }, ct);
        return price.IsCompletedSuccessfully ? ValueTask.FromResult(BidRules.Judge(order, price.Result, told)) : LaterAsync(order, price, told);
    }

    private static BidDecision.Decline? Object(OrderFacts order, HostFacts host, bool isLive, bool hasHost)
    {
        if (isLive) return ScreeningRules.FirstObjection(order, host);
        if (ScreeningRules.FirstObjectionToOrder(order, host) is { } objection) return objection;
        if (order.MinReclaimWindow is { } wanted && (host.ReclaimWindow ?? TimeSpan.Zero) < wanted)
        {
            return host.ReclaimWindow is { } ours
                ? new(DeclineReason.ReclaimTooShort, $"the tenant wants {wanted} of notice, we promise {ours}")
                : new(DeclineReason.ReclaimNotOffered, $"the tenant wants {wanted} of notice: set bidding.reclamation_window to promise it");
        }

        return hasHost ? ScreeningRules.FirstObjectionOfHost(order, host) : null;
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
