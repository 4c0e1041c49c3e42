using System.Numerics;

namespace ProviderAgent.Metering;

/// <summary>How a running lease stood with money at the last check.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Rate">What it pays.</param>
/// <param name="Withdrawn">Paid out so far.</param>
/// <param name="Owed">Whole coins earned and not paid out.</param>
/// <param name="Runway">How long the escrow lasts, at worst; below zero when it is dry.</param>
/// <param name="Decision">What was decided about withdrawing.</param>
public sealed record LeaseBalance(LeaseId Lease, Rate Rate, Coin Withdrawn, BigInteger Owed, TimeSpan Runway, WithdrawalDecision Decision);

/// <summary>Balances as of one check.</summary>
/// <param name="At">Wall time of the check; null before the first.</param>
/// <param name="Tick">The market's time then.</param>
/// <param name="Leases">All running leases whose escrow could be read.</param>
public sealed record TreasurySnapshot(DateTimeOffset? At, MarketTick Tick, IReadOnlyList<LeaseBalance> Leases)
{
    public static TreasurySnapshot None { get; } = new(null, default, []);
}
