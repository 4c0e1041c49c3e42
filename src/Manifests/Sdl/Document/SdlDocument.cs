using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>An SDL file whose single values are valid. Whether they fit each other is checked by <see cref="SdlReferences"/>.</summary>
internal sealed record SdlDocument
{
    public required bool IsVersion21 { get; init; }

    public required IReadOnlyDictionary<string, SdlService> Services { get; init; }

    public required IReadOnlyDictionary<string, SdlCompute> Compute { get; init; }

    public required IReadOnlyDictionary<string, SdlPlacement> Placements { get; init; }

    /// <summary>By service, then by placement.</summary>
    public required IReadOnlyDictionary<string, SdlServicePlacements> Deployments { get; init; }

    public required IReadOnlyDictionary<string, SdlField> Endpoints { get; init; }

    public required TimeSpan? MinReclaimWindow { get; init; }
}

internal sealed record SdlService(
    SdlField Field,
    string Image,
    ValueList<string>? Command,
    ValueList<string>? Args,
    ValueList<string>? Env,
    IReadOnlyList<SdlExpose> Exposes,
    SdlParams? Params,
    ImageCredentials? Credentials);

internal sealed record SdlExpose(uint Port, uint As, string Proto, ValueList<string> Accept, HttpOptions Http, IReadOnlyList<SdlExposeTo> To);

internal sealed record SdlExposeTo(SdlField Field, string Service, bool Global, string Ip);

internal sealed record SdlParams(SdlField Field, IReadOnlyDictionary<string, SdlMount> Mounts, ServicePermissions? Permissions, string? Tee);

internal sealed record SdlMount(SdlField Field, string Path, bool ReadOnly);

internal sealed record SdlCompute(SdlField Field, CpuRequest Cpu, MemoryRequest Memory, ValueList<StorageVolume> Storage, GpuRequest Gpu);

internal sealed record SdlPlacement(
    SdlField Field,
    ValueList<MarketAttribute> Attributes,
    ValueList<AccountAddress> SignedByAll,
    ValueList<AccountAddress> SignedByAny,
    IReadOnlyDictionary<string, SdlPrice> Pricing);

/// <param name="Field">Its place.</param>
/// <param name="Amount">Per tick of the market and replica.</param>
/// <param name="Denom">The coin.</param>
internal sealed record SdlPrice(SdlField Field, Decimal18 Amount, Denom Denom);

internal sealed record SdlServicePlacements(SdlField Field, IReadOnlyDictionary<string, SdlReplicas> Placements);

internal sealed record SdlReplicas(SdlField Field, string Profile, int Count);
