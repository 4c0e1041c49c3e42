using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The section <c>pricing</c> made ready for use: from an order and facts to a price, without asking anybody. Pure and immutable.</summary>
/// <remarks>
/// The order of the steps: what the policy asks, GPUs that would be stranded, power where it is passed on, the rules one after the other,
/// what others win with, and last the floor, so that no rule can go below the costs unless the floor is off.
/// </remarks>
internal sealed class PricingPlan
{
    private static readonly Denom Uact = Denom.Parse("uact");
    private static readonly Denom Uakt = Denom.Parse("uakt");

    private readonly PricingOptions _options;
    private readonly RateTable _rates;
    private readonly EnergyCost _energy;
    private readonly PriceFloor _floor;
    private readonly GpuGuard _guard;
    private readonly PriceRule[] _rules;
    private readonly FollowRule _follow;
    private readonly HashSet<string> _dollarCoins;

    public PricingPlan(PricingOptions options)
    {
        _options = options;
        _rates = new(options.Rates);
        _energy = new(options.Energy);
        _floor = new(options.Floor, _energy);
        _guard = new(options.GpuGuard, _rates.Gpu);
        _rules = [.. options.Rules.Select(rule => new PriceRule(rule))];
        _follow = new(options.Follow);
        _dollarCoins = new(options.DollarCoins, StringComparer.Ordinal);
        Warnings = [.. options.Rates.Gpu.Keys.Concat(options.Energy.WattsPerGpu.Keys).Select(key => (Normal: GpuKey.Normalise(key, out var warning), warning).warning).OfType<string>()];
    }

    /// <summary>What a person should know of the settings though they can be used.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The policy asks a program outside for each price.</summary>
    public bool AsksOutside => _options.Policy is PricingPolicyKind.Script or PricingPolicyKind.Http;

    /// <summary>The price of a policy that needs nobody.</summary>
    public PriceResult Price(PricingRequest request)
    {
        if (Begin(request) is { } bad) return bad;
        var draft = Draft(request, isPerTick: _options.Policy != PricingPolicyKind.Rates);
        var unpriced = _options.Policy switch
        {
            PricingPolicyKind.Rates => NeedsWorth(draft.Conversion) ?? RatesPolicy.Fill(draft, request, _rates),
            PricingPolicyKind.Scale => ScalePolicy.Fill(draft, request.Group, _options.Scale),
            PricingPolicyKind.Random => RandomPolicy.Fill(draft, request.Group),
            _ => throw new InvalidOperationException($"the policy {_options.Policy} asks outside"),
        };
        return unpriced ?? Finish(draft, request, _options.Policy == PricingPolicyKind.Rates ? _rates.Digits : Decimal18.Digits);
    }

    /// <summary>The price from what a program outside said.</summary>
    public PriceResult Price(PricingRequest request, Decimal18 perTick, string source)
    {
        if (Begin(request) is { } bad) return bad;
        var draft = Draft(request, isPerTick: true);
        draft.Add(source, "", perTick, perTick);
        return Finish(draft, request, Decimal18.Digits);
    }

    private static PriceResult.Unpriced? Begin(PricingRequest request) =>
        request.Group.Units.Count == 0 ? new(DeclineReason.GroupLimits, "the group asks for nothing") : null;

    // A list in USD says nothing about a coin whose worth is not known.
    private static PriceResult.Unpriced? NeedsWorth(Conversion conversion)
    {
        if (conversion.UsdPerCoin is not null) return null;
        return new(conversion.Denom == Uakt ? DeclineReason.CoinPriceUnknown : DeclineReason.UnsupportedCoin, conversion.Problem);
    }

    private PriceResult Finish(PriceDraft draft, PricingRequest request, int digits)
    {
        if (_guard.Apply(draft, request) is { } stranded) return stranded;
        if (AddPower(draft, request) is { } noPower) return noPower;
        foreach (var rule in _rules)
        {
            if (rule.Apply(draft, request) is { } refused) return refused;
        }

        _follow.Apply(draft, request);
        var before = draft.Amount;
        if (_floor.Apply(draft, request) is { } below) return below;
        if (draft.PerTick is not { } exact) return new PriceResult.Unpriced(DeclineReason.CoinPriceUnknown, draft.Conversion.Problem);

        // A price at the costs must not be rounded below them.
        var price = exact.Round(digits, draft.Amount != before ? MidpointRounding.ToPositiveInfinity : MidpointRounding.ToEven);
        return price.Sign > 0
            ? new PriceResult.Quoted(draft.ToQuote(price))
            : new PriceResult.Unpriced(DeclineReason.ZeroPrice, $"{draft.Usd?.ToString() ?? "?"} USD a month round to nothing per tick: raise pricing.rates");
    }

    private PriceResult.Unpriced? AddPower(PriceDraft draft, PricingRequest request)
    {
        if (!_energy.IsPassedOn || !_energy.IsKnown) return null;
        if (_energy.Find(request) is not { } power) return new(DeclineReason.NoPrice, "the power of a GPU is not known: add it to pricing.energy.watts_per_gpu");
        if (draft.FromUsd(power.Usd) is not { } amount) return new(DeclineReason.CoinPriceUnknown, draft.Conversion.Problem);
        draft.Add("power", $"{power.Watts.Round(1, MidpointRounding.ToEven)} W", Exact.Of(_energy.PricePerKwh), amount);
        return null;
    }

    private PriceDraft Draft(PricingRequest request, bool isPerTick) => new(ConversionOf(request), isPerTick);

    private Conversion ConversionOf(PricingRequest request)
    {
        var denom = request.Group.Units[0].PriceLimit.Denom;
        if (denom == Uact || _dollarCoins.Contains(denom.Value)) return new(denom, Decimal18.One, "", request.Clock);
        if (denom == Uakt) return new(denom, request.Facts.Akt?.Usd, $"the price of AKT is not known: {request.Facts.AktProblem}", request.Clock);
        return new(denom, null, $"the order is in {denom}, which has no price here: only uact, uakt and the coins in pricing.dollar_coins do", request.Clock);
    }
}
