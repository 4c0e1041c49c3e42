using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A decision with everything that it was made from: what <c>why</c> shows and what replay reads.</summary>
/// <param name="Order">The order; a later decision on it replaces an earlier one.</param>
/// <param name="DecidedAt">Wall time.</param>
/// <param name="Reason">Why there is no bid; null when we bid.</param>
/// <param name="Detail">One line for people; empty when we bid. At most 500 characters, nothing that would garble a terminal.</param>
/// <param name="Price">What we bid; null when we do not.</param>
/// <param name="InputsJson">Order, host and quote as one JSON object with a <c>schema</c> number.</param>
public sealed record DecisionRecord(OrderId Order, DateTimeOffset DecidedAt, DeclineReason? Reason, string Detail, Rate? Price, string InputsJson)
{
    private const int MaxDetail = 500;

    /// <summary>True when we bid.</summary>
    public bool IsBid => Reason is null;

    public static DecisionRecord Of(OrderFacts order, HostFacts host, BidDecision decision, DateTimeOffset now) => decision switch
    {
        BidDecision.Submit(var quote) => new(order.Id, now, null, "", quote.Price, DecisionInputs.ToJson(order, host, quote, decision.Facts)),
        BidDecision.Decline(var reason, var detail) decline => new(order.Id, now, reason, Plain(detail), null, DecisionInputs.ToJson(order, host, decline.Quote, decision.Facts)),
        _ => throw new InvalidOperationException($"unknown decision {decision.GetType().Name}"),
    };

    // Details quote names that tenants chose.
    private static string Plain(string text)
    {
        var cut = text.Length > MaxDetail ? string.Concat(text.AsSpan(0, MaxDetail - 1), "…") : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
