using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>What one replica of a service needs; must equal the unit <see cref="Id"/> of the group on the market.</summary>
/// <remarks>Null means that the tenant left the part out. None is null once the structure rules have passed.</remarks>
public sealed record ServiceResources
{
    internal static ServiceResources Empty { get; } = new();

    /// <summary>Number of the resource unit in the group, from 1.</summary>
    public uint Id { get; init; }

    public CpuRequest? Cpu { get; init; }

    public MemoryRequest? Memory { get; init; }

    public ValueList<StorageVolume>? Storage { get; init; }

    public GpuRequest? Gpu { get; init; }

    /// <summary>As the tenant wrote them. What counts are the endpoints of the group on the market.</summary>
    public ValueList<ServiceEndpoint>? Endpoints { get; init; }
}

public sealed record CpuRequest(MilliCpu Units, ValueList<MarketAttribute> Attributes)
{
    internal static CpuRequest Empty { get; } = new(default, []);
}

public sealed record MemoryRequest(ByteSize Size, ValueList<MarketAttribute> Attributes)
{
    internal static MemoryRequest Empty { get; } = new(default, []);
}

/// <param name="Units">Whole devices.</param>
/// <param name="Attributes">Which devices will do; any of them suffices.</param>
public sealed record GpuRequest(long Units, ValueList<MarketAttribute> Attributes)
{
    internal static GpuRequest Empty { get; } = new(0, []);
}
