using System.Numerics;

namespace ProviderAgent.Metering;

/// <summary>What is known of a running lease when its withdrawal is decided.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Withdrawn">The market's total until now.</param>
/// <param name="Owed">Whole coins that a withdrawal would pay out now.</param>
/// <param name="Fee">What it would cost, in the lease's coin.</param>
/// <param name="Runway">How long the escrow lasts at most; below zero it is certainly dry.</param>
/// <param name="WorstRunway">How long it lasts at least; what the tenant offers to other providers shortens it.</param>
/// <param name="SinceLast">Time since the last withdrawal, or since the lease began.</param>
/// <param name="IsSettledNow">Somebody settled the deployment in this very tick: another settlement would fail.</param>
public sealed record WithdrawalFacts(
    LeaseId Lease, Coin Withdrawn, BigInteger Owed, BigInteger Fee, TimeSpan Runway, TimeSpan WorstRunway, TimeSpan SinceLast, bool IsSettledNow);

/// <summary>What to do, with the reason.</summary>
/// <param name="IsDue">Withdraw now.</param>
/// <param name="Reason">Why, or why not.</param>
public readonly record struct WithdrawalDecision(bool IsDue, WithdrawalReason Reason);

/// <summary>Why a lease is withdrawn from now, or not.</summary>
public enum WithdrawalReason
{
    /// <summary>Now: the interval has passed and the fee is small against the payout.</summary>
    Regular,

    /// <summary>Now: the escrow lasts for less than the least runway and was not drawn since it does.</summary>
    RunningDry,

    /// <summary>Now: other providers may have drawn the escrow nearly dry, and the fee is small against the payout.</summary>
    MayRunDry,

    /// <summary>Now: the escrow is dry; settling pays what is there and ends the lease.</summary>
    Dry,

    /// <summary>Not now: nothing would be paid out.</summary>
    NothingOwed,

    /// <summary>Not now, and the escrow is dry: the lease runs unpaid, which a withdrawal of nothing is not worth ending.</summary>
    DryAndNothingOwed,

    /// <summary>Not now: the deployment was settled in this tick.</summary>
    SettledNow,

    /// <summary>Not now: the escrow is about to be dry; a withdrawal after that also ends the lease.</summary>
    EndsSoon,

    /// <summary>Not now: drawn not long ago.</summary>
    TooSoon,

    /// <summary>Not now: the payout is below the least one.</summary>
    TooLittle,

    /// <summary>Not now: the fee would take too large a part.</summary>
    TooDear,
}
