using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>A device that was seen at least once. Its UUID is its identity: index and address can change.</summary>
/// <param name="Uuid">As the driver tells it.</param>
/// <param name="Model">What it is sold as; null when it has no name on the market.</param>
/// <param name="IsDerived">The name was derived, the table lacks the device.</param>
/// <param name="Name">The maker's name.</param>
/// <param name="PciBusId">Where it sits.</param>
/// <param name="MemoryBytes">As the driver tells it; zero when that is not known or made no sense.</param>
/// <param name="Index">The driver's number for it at the moment.</param>
public sealed record GpuCard(string Uuid, GpuModel? Model, bool IsDerived, string Name, string PciBusId, long MemoryBytes, int Index)
{
    /// <summary>Power limit that the driver enforces; null when it does not tell.</summary>
    public long? RatedMilliwatts { get; init; }

    /// <summary>Mean power while tenants had it, since the daemon's start; null until ten minutes of that were seen.</summary>
    public long? LeasedMilliwatts { get; init; }
}

/// <summary>How a device is, whoever has it.</summary>
public enum GpuCondition
{
    /// <summary>Nothing speaks against selling it.</summary>
    Healthy,

    /// <summary>The owner wants it.</summary>
    Kept,

    /// <summary>Not to be sold for now.</summary>
    Resting,

    /// <summary>Not to be sold until the operator says so.</summary>
    Quarantined,

    /// <summary>The driver does not reach it.</summary>
    Lost,
}

/// <param name="Card">The device.</param>
/// <param name="Condition">How it is.</param>
/// <param name="Reason">Why it is not for sale; empty when it is.</param>
public sealed record GpuFact(GpuCard Card, GpuCondition Condition, string Reason);

/// <summary>A device and who has it.</summary>
/// <param name="Card">The device.</param>
/// <param name="Condition">How it is.</param>
/// <param name="Reason">Why it is not for sale; empty when it is, or when somebody has it and it is well.</param>
/// <param name="Owner">The order that it is set aside for.</param>
/// <param name="IsLeased">That order became a lease.</param>
public sealed record GpuStatus(GpuCard Card, GpuCondition Condition, string Reason, OrderId? Owner, bool IsLeased)
{
    /// <summary>May be given to the next order.</summary>
    public bool IsForSale => Owner is null && Condition == GpuCondition.Healthy && Card.Model is not null;

    /// <summary>In one word, for people and scripts: what is wrong counts before who has it.</summary>
    public string State => this switch
    {
        { Condition: GpuCondition.Lost } => "lost",
        { Condition: GpuCondition.Quarantined } => "quarantined",
        { IsLeased: true } => "leased",
        { Owner: not null } => "reserved",
        { Condition: GpuCondition.Kept } => "kept",
        { Condition: GpuCondition.Resting } => "resting",
        _ => "for_sale",
    };
}

/// <summary>A device that is set aside for a replica.</summary>
/// <param name="Unit">Number of the resource unit, as the market has it.</param>
/// <param name="Replica">The replica within the unit, from 0.</param>
/// <param name="Uuid">The device.</param>
public sealed record GpuPick(uint Unit, int Replica, string Uuid);
