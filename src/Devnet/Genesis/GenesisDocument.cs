using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProviderAgent.Devnet.Genesis;

/// <summary>Where a chain begins. Written into the block file, so that a replay starts from the same place.</summary>
internal sealed record GenesisDocument
{
    public required string ChainId { get; init; }

    /// <summary>Time of height 0; blocks come after it.</summary>
    public required DateTimeOffset Time { get; init; }

    public required GenesisParameters Parameters { get; init; }

    /// <summary>What governance or an upgrade changes later, as wholes.</summary>
    public ImmutableArray<GenesisParameterChange> ParameterChanges { get; init; } = [];

    public required ImmutableArray<GenesisAccount> Accounts { get; init; }

    public ImmutableArray<GenesisAudit> Audits { get; init; } = [];

    public ImmutableArray<GenesisFeeGrant> FeeGrants { get; init; } = [];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, GenesisJson.Default.GenesisDocument);

    /// <exception cref="InvalidDataException">Not such a document.</exception>
    public static GenesisDocument FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, GenesisJson.Default.GenesisDocument) ?? throw new InvalidDataException("the genesis is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the genesis cannot be read: {e.Message}", e);
        }
    }
}

/// <param name="BidMinDeposits">Smallest deposit of a bid per coin, for example <c>500000uakt</c>.</param>
/// <param name="OrderMaxBids">An order with more bids than this takes no more.</param>
/// <param name="MinReclaimWindow">Shortest notice.</param>
/// <param name="MaxReclaimWindow">Longest notice.</param>
/// <param name="DeploymentMinDeposits">Smallest deposit of a deployment per coin.</param>
/// <param name="HasReclamation">False plays a node before 2.1.</param>
/// <param name="Bme">What coins are worth, and on which terms one becomes another; null for a real chain's terms.</param>
internal sealed record GenesisParameters(
    ImmutableArray<string> BidMinDeposits,
    uint OrderMaxBids,
    TimeSpan MinReclaimWindow,
    TimeSpan MaxReclaimWindow,
    ImmutableArray<string> DeploymentMinDeposits,
    bool HasReclamation,
    GenesisBme? Bme = null);

/// <param name="AktUsd">USD for one AKT; null when the oracle has no healthy price.</param>
/// <param name="Status">Of the circuit breaker, by the chain's own name, for example <c>mint_status_healthy</c>.</param>
/// <param name="EpochBlocks">Blocks of an epoch.</param>
internal sealed record GenesisBme(string? AktUsd, string Status, long EpochBlocks);

/// <param name="Height">The first block that these hold for.</param>
/// <param name="Parameters">All of them.</param>
internal sealed record GenesisParameterChange(long Height, GenesisParameters Parameters);

/// <param name="Address">The account.</param>
/// <param name="Coins">What it holds, for example <c>1000000uakt</c>.</param>
/// <param name="Number">Its account number; null for the next free one.</param>
/// <param name="Sequence">The number of its next transaction.</param>
internal sealed record GenesisAccount(string Address, ImmutableArray<string> Coins, ulong? Number = null, ulong Sequence = 0);

/// <summary>Attributes of a provider that an auditor has signed.</summary>
internal sealed record GenesisAudit(string Provider, string Auditor, ImmutableSortedDictionary<string, string> Attributes);

/// <summary>The granter pays the grantee's fees.</summary>
internal sealed record GenesisFeeGrant(string Granter, string Grantee);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GenesisDocument))]
internal sealed partial class GenesisJson : JsonSerializerContext;
