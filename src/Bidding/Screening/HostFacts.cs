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

    /// <summary>Why no host name can be served; null when they are.</summary>
    public string? WebProblem { get; init; }

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

    /// <summary>Leases of ours that run; each keeps its bid's deposit.</summary>
    public int Leases { get; init; }

    /// <summary>Notice that we promise; null for none.</summary>
    public TimeSpan? ReclaimWindow { get; init; }

    /// <summary>What would be locked for a bid; null when the market takes no deposit in the configured coin.</summary>
    public Coin? Deposit { get; init; }

    /// <summary>Who is served and who is not.</summary>
    public AccessLists Lists { get; init; } = AccessLists.None;

    /// <summary>Attributes that orders must require to be served.</summary>
    public ValueList<MarketAttribute> Filters { get; init; }

    /// <summary>Coins that are taken; empty for all.</summary>
    public ValueList<Denom> Coins { get; init; }

    /// <summary>Orders older than this are left alone; null for any age.</summary>
    public TimeSpan? MaxOrderAge { get; init; }

    /// <summary>Bids on an order that are left to others.</summary>
    public int SpareSlots { get; init; }

    /// <summary>The market's time; null while not known.</summary>
    public MarketTick? Tick { get; init; }

    /// <summary>Fees that were spent, with what may be, for each limit that is set.</summary>
    public ValueList<FeeLimit> Fees { get; init; }

    /// <summary>Most that may be locked in deposits; null for no limit.</summary>
    public Coin? DepositBudget { get; init; }

    /// <summary>What the account holds in the coin of the deposit; null while not known.</summary>
    public Coin? Balance { get; init; }

    /// <summary>What must stay on the account.</summary>
    public Coin Keep { get; init; }
}

/// <summary>A limit of fees.</summary>
/// <param name="Spent">What was spent in its stretch of time.</param>
/// <param name="Budget">What may be.</param>
/// <param name="Setting">Name of the option.</param>
public sealed record FeeLimit(Coin Spent, Coin Budget, string Setting);
