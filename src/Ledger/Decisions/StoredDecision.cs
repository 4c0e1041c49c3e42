namespace ProviderAgent.Ledger;

/// <summary>What was decided on an order.</summary>
public enum DecisionResult
{
    /// <summary>A bid was to be placed.</summary>
    Bid,

    /// <summary>No bid.</summary>
    Decline,
}

/// <summary>The latest decision on an order, with everything that it rests on.</summary>
/// <param name="Order">The order.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Result">Bid or not.</param>
/// <param name="Reason">Name of the reason, short and from a closed set of the deciding room.</param>
/// <param name="Detail">The reason in words.</param>
/// <param name="Price">The price as text; null when none was computed.</param>
/// <param name="InputsJson">All inputs of the decision.</param>
/// <param name="Times">How often this order was decided on, this time included. Ignored when writing.</param>
public sealed record StoredDecision(
    OrderId Order, DateTimeOffset DecidedAt, DecisionResult Result, string Reason, string Detail, string? Price, string InputsJson, int Times = 1);

/// <summary>How many orders were decided with one result for one reason.</summary>
public sealed record DecisionCount(DecisionResult Result, string Reason, long Orders);
