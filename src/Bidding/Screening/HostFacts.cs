using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>All that is known of this provider and of the market's rules when an order is decided on.</summary>
public sealed record HostFacts
{
    /// <summary>The account that we act as.</summary>
    public required AccountAddress Account { get; init; }

    /// <summary>Why the operator stopped bidding; null when bidding.</summary>
    public string? Draining { get; init; }

    /// <summary>What bidding waits for; null when it does not.</summary>
    public string? Paused { get; init; }

    /// <summary>Our entry on the market; null when there is none.</summary>
    public ProviderRecord? Record { get; init; }

    /// <summary>What auditors have signed about us.</summary>
    public ValueList<AuditRecord> Audits { get; init; }

    /// <summary>The market's rules.</summary>
    public required MarketParameters Parameters { get; init; }

    /// <summary>The market's pace.</summary>
    public required MarketClock Clock { get; init; }

    /// <summary>What the host has and what is free.</summary>
    public required InventorySnapshot Inventory { get; init; }

    /// <summary>Bids of ours that stand or are on their way.</summary>
    public int OpenBids { get; init; }

    /// <summary>Most of them that we want.</summary>
    public required int MaxOpenBids { get; init; }

    /// <summary>Notice that we promise; null for none.</summary>
    public TimeSpan? ReclaimWindow { get; init; }

    /// <summary>What would be locked for a bid; null when the market takes no deposit in the configured coin.</summary>
    public Coin? Deposit { get; init; }
}
