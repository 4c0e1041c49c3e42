using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Moves a price towards what others win orders of its kind with, within the operator's bounds. Pure and immutable.</summary>
internal sealed class FollowRule(FollowOptions options)
{
    private readonly Decimal18 _below = Exact.Of(1 - options.Undercut);
    private readonly Decimal18 _min = Exact.Of(options.Min);
    private readonly Decimal18 _max = Exact.Of(options.Max);

    public void Apply(PriceDraft draft, PricingRequest request)
    {
        if (!options.Enabled || request.Facts.Winners is not { } winners || winners.Count < options.Samples) return;
        var factor = winners.Ratio * _below;
        if (factor < _min) factor = _min;
        if (factor > _max) factor = _max;
        if (factor == Decimal18.One) return;
        draft.ChangeTo(draft.Amount * factor, "follow", $"{winners.Count} others won at {winners.Ratio.Round(4, MidpointRounding.ToEven)} of our price", factor);
    }
}
