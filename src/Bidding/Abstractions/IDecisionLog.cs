namespace ProviderAgent.Bidding;

/// <summary>Keeps every decision, for people who ask why.</summary>
public interface IDecisionLog
{
    /// <summary>Stores the latest decision on an order. A repeated decision with the same reason is not recorded again.</summary>
    /// <exception cref="BidStoreUnavailableException">It cannot be stored now.</exception>
    Task RecordAsync(DecisionRecord decision, CancellationToken ct);
}
