using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Limits that the market's deployment module puts on a group; a deployment beyond them is refused there after the fee was paid.</summary>
internal static class MarketLimits
{
    /// <summary>A group may hold so many times what one unit may.</summary>
    public const int GroupFactor = 50;

    /// <summary>Devices of one unit.</summary>
    public const int MaxGpus = 24;

    public static MilliCpu MinCpu { get; } = new(10);

    public static MilliCpu MaxCpu { get; } = new(384_000);

    public static ByteSize MinMemory { get; } = new(ByteSize.MiB);

    public static ByteSize MaxMemory { get; } = new(2 * ByteSize.TiB);

    public static ByteSize MinVolume { get; } = new(5 * ByteSize.MiB);

    public static ByteSize MaxVolume { get; } = new(32 * ByteSize.TiB);

    /// <summary>Per tick, in units of the coin.</summary>
    public static Decimal18 MaxUnitPrice { get; } = Decimal18.FromInteger(10_000_000);
}
