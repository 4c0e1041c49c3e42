using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A rule of the configuration made ready for use. Pure and immutable.</summary>
internal sealed class PriceRule
{
    private readonly PriceConditionOptions _when;
    private readonly DayTimes? _times;
    private readonly HashSet<string>? _owners;
    private readonly (ResourceKind? Kind, Decimal18 Bound)[] _usedFrom;
    private readonly (ResourceKind? Kind, Decimal18 Bound)[] _usedBelow;
    private readonly Decimal18? _priceBelow;
    private readonly Decimal18? _multiply;
    private readonly Decimal18? _add;
    private readonly Decimal18? _set;
    private readonly string? _refuse;

    /// <param name="options">Checked by <see cref="PriceRuleCheck"/>.</param>
    public PriceRule(PriceRuleOptions options)
    {
        Name = options.Name;
        _when = options.When;
        var hasTimes = _when.Hours is not null || _when.Days.Count > 0;
        _times = hasTimes ? DayTimes.Read(_when.Hours, _when.Days, _when.TimeZone, out _) : null;
        _owners = _when.Owners.Count > 0 ? new(_when.Owners, StringComparer.Ordinal) : null;
        _usedFrom = Bounds(_when.UsedFrom);
        _usedBelow = Bounds(_when.UsedBelow);
        _priceBelow = OfOptional(_when.PriceBelow);
        _multiply = OfOptional(options.Multiply);
        _add = OfOptional(options.Add);
        _set = OfOptional(options.Set);
        _refuse = options.Refuse;
    }

    public string Name { get; }

    /// <summary>The resource that a configuration means; <paramref name="kind"/> is null for the scarcest.</summary>
    public static bool TryReadKind(string text, out ResourceKind? kind)
    {
        kind = text switch
        {
            "cpu" => ResourceKind.Cpu,
            "memory" => ResourceKind.Memory,
            "storage" => ResourceKind.Storage,
            "gpu" => ResourceKind.Gpu,
            _ => null,
        };
        return kind is not null || text == "any";
    }

    /// <summary>Changes the price where the conditions hold.</summary>
    /// <returns>Why there is no price any more; null when there is.</returns>
    public PriceResult.Unpriced? Apply(PriceDraft draft, PricingRequest request)
    {
        if (!Holds(draft, request, out var unknown)) return unknown;
        if (_refuse is not null) return new(DeclineReason.PriceRule, $"rule '{Name}': {_refuse}");
        if (_multiply is { } factor) draft.ChangeTo(draft.Amount * factor, $"rule {Name}", $"x {factor}", factor);
        if (_add is { } more)
        {
            if (draft.FromUsd(more) is not { } amount) return Unknown(draft);
            var sum = draft.Amount + amount;
            draft.ChangeTo(sum.Sign < 0 ? Decimal18.Zero : sum, $"rule {Name}", more.Sign < 0 ? $"{more} usd" : $"+ {more} usd", more);
        }

        if (_set is { } fixedPrice)
        {
            if (draft.FromUsd(fixedPrice) is not { } amount) return Unknown(draft);
            draft.ChangeTo(amount, $"rule {Name}", $"= {fixedPrice} usd", fixedPrice);
        }

        return null;
    }

    private bool Holds(PriceDraft draft, PricingRequest request, out PriceResult.Unpriced? unknown)
    {
        unknown = null;
        var group = request.Group;
        if (_times is not null && !_times.Contains(request.Facts.Now)) return false;
        if (_owners is not null && !_owners.Contains(request.Order.Owner.Value)) return false;
        if (_when.Denom is { } denom && denom != draft.Conversion.Denom.Value) return false;
        if (_when.Gpu is { } gpu && gpu != group.Units.Any(unit => unit.Resources.Gpus > 0)) return false;
        if (_when.Notice is { } notice && notice != request.Facts.ReclaimWindow is not null) return false;
        foreach (var (key, value) in _when.Attributes)
        {
            if (!group.Requirements.Attributes.Contains(new MarketAttribute(key, value))) return false;
        }

        if (_usedFrom.Length + _usedBelow.Length > 0)
        {
            if (request.Facts.Inventory is not { } inventory) return false; // the screening says so before a price is asked for
            if (!_usedFrom.All(bound => Used(inventory, bound.Kind) >= bound.Bound) || !_usedBelow.All(bound => Used(inventory, bound.Kind) < bound.Bound)) return false;
        }

        if (_priceBelow is not { } limit) return true;
        if (draft.Usd is { } usd) return usd < limit;
        unknown = Unknown(draft);
        return false;
    }

    private static Decimal18 Used(InventorySnapshot inventory, ResourceKind? kind)
    {
        var most = Decimal18.Zero;
        foreach (var line in inventory.Lines)
        {
            if (line.Total <= 0 || (kind is { } wanted && line.Kind != wanted)) continue;
            var part = Decimal18.FromInteger(Math.Max(0, line.Used)) / Decimal18.FromInteger(line.Total);
            if (part > most) most = part;
        }

        return most;
    }

    private PriceResult.Unpriced Unknown(PriceDraft draft) =>
        new(DeclineReason.CoinPriceUnknown, $"rule '{Name}' reckons in USD, and what {draft.Conversion.Denom} is worth is not known: {draft.Conversion.Problem}");

    private static (ResourceKind? Kind, Decimal18 Bound)[] Bounds(Dictionary<string, decimal> options) =>
        [.. options.Select(bound => (TryReadKind(bound.Key, out var kind) ? kind : null, Exact.Of(bound.Value)))];

    private static Decimal18? OfOptional(decimal? value) => value is { } number ? Exact.Of(number) : null;
}
