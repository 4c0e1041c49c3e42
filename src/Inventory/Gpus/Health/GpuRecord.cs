namespace ProviderAgent.Inventory;

/// <summary>What is remembered of one device between sweeps. Guarded by its tracker.</summary>
internal sealed class GpuRecord(string uuid)
{
    public string Uuid { get; } = uuid;

    public required GpuCard Card { get; set; }

    public GpuReading Reading { get; set; } = new();

    /// <summary>What speaks against it now.</summary>
    public IReadOnlyList<GpuComplaint> Complaints { get; set; } = [];

    /// <summary>Why it must not be sold until the operator says so; null when nothing is held against it.</summary>
    public GpuQuarantine? Quarantine { get; set; }

    /// <summary>Uncorrectable memory errors when it was last found well.</summary>
    public ulong? BaselineEcc { get; set; }

    /// <summary>It passed the self-test since anybody used it.</summary>
    public bool IsTested { get; set; }

    /// <summary>Why the last self-test could not be made; null when it could.</summary>
    public string? TestProblem { get; set; }

    /// <summary>Timestamp of the last attempt.</summary>
    public long? TestedAt { get; set; }

    public bool IsBeingTested { get; set; }

    /// <summary>What was last wrong for a while, and when it was last seen: a card that goes hot and cold is not sold in between.</summary>
    public (string Text, long At)? Lingering { get; set; }

    /// <summary>Sweeps in a row in which nobody but tenants used it.</summary>
    public int CleanSweeps { get; set; }

    public string? ForeignUse { get; set; }

    /// <summary>What it draws while tenants have it.</summary>
    public LeasedPower Power { get; } = new();
}
