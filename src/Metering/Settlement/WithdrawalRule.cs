using System.Numerics;

namespace ProviderAgent.Metering;

/// <summary>Decides when a running lease is withdrawn from. Pure.</summary>
/// <remarks>
/// The escrow settles only when somebody touches it: a dry one runs on for free until then. So the rule draws by economics while
/// the escrow lasts (interval, fee share, least payout), once when it begins to run dry, and once more when it is dry, which also ends the
/// lease. It never pays to withdraw nothing.
/// </remarks>
public static class WithdrawalRule
{
    // A withdrawal that is included exactly when the escrow holds nothing more takes the last coin without ending the lease, which would then run
    // on unpaid. So none is sent shortly before; inclusion takes a tick or two.
    private static readonly TimeSpan EndMargin = TimeSpan.FromMinutes(1);

    // Shares and worths are taken to nine digits behind the point.
    private const int Scale = 1_000_000_000;

    public static WithdrawalDecision Decide(WithdrawalFacts facts, WithdrawOptions policy)
    {
        if (facts.Owed <= 0) return new(false, facts.Runway < TimeSpan.Zero ? WithdrawalReason.DryAndNothingOwed : WithdrawalReason.NothingOwed);
        if (facts.IsSettledNow) return new(false, WithdrawalReason.SettledNow);
        if (facts.Runway < TimeSpan.Zero) return new(true, WithdrawalReason.Dry);
        if (facts.Runway < EndMargin) return new(false, WithdrawalReason.EndsSoon);
        if (IsUndrawnSinceRunningDry(facts, policy) && facts.Fee <= facts.Owed) return new(true, WithdrawalReason.RunningDry);

        // A tenant could offer groups to others at absurd prices to make us draw all the time; a small fee share makes that harmless.
        var isCheap = facts.Fee * Scale <= facts.Owed * Scaled(policy.MaxFeeShare);
        if (isCheap && facts.WorstRunway < policy.MinRunway) return new(true, WithdrawalReason.MayRunDry);
        if (facts.SinceLast < policy.Interval) return new(false, WithdrawalReason.TooSoon);
        if (policy.Minimum.Denom == facts.Withdrawn.Denom && facts.Owed < policy.Minimum.Amount) return new(false, WithdrawalReason.TooLittle);
        return isCheap ? new(true, WithdrawalReason.Regular) : new(false, WithdrawalReason.TooDear);
    }

    /// <summary>A fee in the coin of the lease, rounded up.</summary>
    public static BigInteger FeeIn(Denom denom, Coin fee, WithdrawOptions policy)
    {
        if (fee.Denom == denom) return fee.Amount;
        var worth = fee.Amount * Scaled(policy.FeeCoinWorth);
        return (worth + Scale - 1) / Scale;
    }

    /// <summary>The escrow crossed the least runway a known time ago; a withdrawal after that suffices until it is dry.</summary>
    private static bool IsUndrawnSinceRunningDry(WithdrawalFacts facts, WithdrawOptions policy) =>
        facts.Runway < policy.MinRunway && facts.SinceLast > policy.MinRunway - facts.Runway;

    private static BigInteger Scaled(decimal value) => new(Math.Round(value * Scale));
}
