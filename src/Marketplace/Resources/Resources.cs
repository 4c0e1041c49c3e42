namespace ProviderAgent.Marketplace;

/// <summary>What one replica needs.</summary>
public sealed record Resources
{
    /// <summary>Number of this unit within its group, from 1. A manifest's services point to it.</summary>
    public required uint Id { get; init; }

    public required MilliCpu Cpu { get; init; }

    public ValueList<MarketAttribute> CpuAttributes { get; init; }

    public required ByteSize Memory { get; init; }

    public ValueList<MarketAttribute> MemoryAttributes { get; init; }

    public required ValueList<StorageVolume> Storage { get; init; }

    /// <summary>Whole devices; zero when none is asked for.</summary>
    public int Gpus { get; init; }

    /// <summary>Which devices will do: keys such as <c>vendor/nvidia/model/h100/ram/80Gi</c>, any of them suffices.</summary>
    public ValueList<MarketAttribute> GpuAttributes { get; init; }

    public ValueList<ServiceEndpoint> Endpoints { get; init; }
}
