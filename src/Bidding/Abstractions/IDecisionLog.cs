namespace ProviderAgent.Bidding;

/// <summary>Keeps every decision, for people who ask why.</summary>
public interface IDecisionLog
{
    /// <summary>Stores the latest decision on an order. A repeated decision with the same reason is not recorded again.</summary>
    /// <exception cref="BidStoreUnavailableException">It cannot be stored now.</exception>
    Task RecordAsync(DecisionRecord decision, CancellationToken ct);

    /// <summary>Stores a decision on an order that has none yet.</summary>
    /// <returns>False when there is one, which stays.</returns>
    /// <exception cref="BidStoreUnavailableException">It cannot be stored now.</exception>
    Task<bool> RecordFirstAsync(DecisionRecord decision, CancellationToken ct);
}
