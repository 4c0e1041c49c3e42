using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Makes prices. Safe for concurrent use.</summary>
public interface IPricingPolicy
{
    /// <summary>Prices a whole group; never throws for a group that cannot be priced, however odd.</summary>
    ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct);
}

/// <summary>What is to be priced.</summary>
/// <param name="Order">The order.</param>
/// <param name="Group">What it asks for.</param>
/// <param name="Clock">How long a tick of the market is.</param>
public sealed record PricingRequest(OrderId Order, GroupSpec Group, MarketClock Clock)
{
    /// <summary>All else that a price may depend on.</summary>
    public PricingFacts Facts { get; init; } = PricingFacts.None;
}

/// <summary>What a price may depend on beside the order. Gathered before pricing, so that a price can be made again from a record.</summary>
public sealed record PricingFacts
{
    /// <summary>Nothing known.</summary>
    public static PricingFacts None { get; } = new();

    /// <summary>Wall time, for schedules.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>What the host has and what is free; null when not known.</summary>
    public InventorySnapshot? Inventory { get; init; }

    /// <summary>The devices that the order would get.</summary>
    public ValueList<PickedGpu> Gpus { get; init; }

    /// <summary>Price of one AKT; null when not known well enough.</summary>
    public CoinPrice? Akt { get; init; }

    /// <summary>Why <see cref="Akt"/> is null, for people.</summary>
    public string AktProblem { get; init; } = "no source of coin prices is configured";

    /// <summary>What others have won orders of this kind with; null when not known.</summary>
    public WinnersPrice? Winners { get; init; }

    /// <summary>What is locked for the bid; null when not known.</summary>
    public Coin? Deposit { get; init; }

    /// <summary>The notice that the bid would promise; null for none.</summary>
    public TimeSpan? ReclaimWindow { get; init; }
}

/// <summary>A coin's price.</summary>
/// <param name="Usd">USD for one coin (a million of its smallest unit); above zero.</param>
/// <param name="Source">Where it comes from, for people.</param>
/// <param name="At">When it was read.</param>
public sealed record CoinPrice(Decimal18 Usd, string Source, DateTimeOffset At);
