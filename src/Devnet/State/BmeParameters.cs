using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State;

/// <summary>What coins are worth, and on which terms one becomes another.</summary>
/// <param name="AktUsd">USD for one AKT; null when the oracle has no healthy price. One ACT is one USD.</param>
/// <param name="Status">Of the circuit breaker.</param>
/// <param name="EpochBlocks">What waits is carried out at the end of each block whose height this divides.</param>
/// <param name="MintSpreadBps">What is kept when ACT is made, in hundredths of a percent.</param>
/// <param name="SettleSpreadBps">The same when AKT is made.</param>
/// <param name="MinMint">Smallest amount that may be made, per coin.</param>
/// <param name="MaxAttempts">A record that could not be carried out so often is cancelled and paid back.</param>
internal sealed record BmeParameters(
    Decimal18? AktUsd, MintStatus Status, long EpochBlocks, uint MintSpreadBps, uint SettleSpreadBps, ValueList<ChainCoin> MinMint, uint MaxAttempts)
{
    /// <summary>Records that one epoch carries out; the rest waits for the next.</summary>
    public const int MaxRecordsPerEpoch = 500;

    public static BmeParameters Default { get; } =
        new(Decimal18.One, MintStatus.Healthy, 10, 25, 0, [new(10_000_000, ChainParameters.PriceDenom)], 3);

    /// <summary>Whether anything may be turned into a coin now: making ACT stops first.</summary>
    public bool MayMint(Denom denom) => Status switch
    {
        MintStatus.Healthy or MintStatus.Warning => true,
        MintStatus.HaltCr => denom == ChainParameters.FeeDenom,
        _ => false,
    };

    /// <summary>USD for one million of a unit; null when it has no price.</summary>
    public Decimal18? UsdOf(Denom denom) => denom == ChainParameters.PriceDenom ? Decimal18.One : denom == ChainParameters.FeeDenom ? AktUsd : null;

    public Params ToWire()
    {
        var wire = new Params
        {
            CircuitBreakerWarnThreshold = 9_500,
            CircuitBreakerHaltThreshold = 9_000,
            MinEpochBlocks = EpochBlocks,
            EpochBlocksBackoffPercent = 10,
            MintSpreadBps = MintSpreadBps,
            SettleSpreadBps = SettleSpreadBps,
            MaxEndblockerRecords = MaxRecordsPerEpoch,
            MaxPendingAttempts = MaxAttempts,
        };
        wire.MinMint.AddRange(MinMint.Select(coin => coin.ToWire()));
        return wire;
    }

    public QueryStatusResponse ToStatus() => new()
    {
        Status = Status,
        CollateralRatio = LegacyDec.Format(Status is MintStatus.HaltCr ? Decimal18.Parse("0.85") : Decimal18.One),
        WarnThreshold = LegacyDec.Format(Decimal18.Parse("0.95")),
        HaltThreshold = LegacyDec.Format(Decimal18.Parse("0.9")),
        MintsAllowed = MayMint(ChainParameters.PriceDenom) && AktUsd is not null,
        RefundsAllowed = MayMint(ChainParameters.FeeDenom) && AktUsd is not null,
    };
}
