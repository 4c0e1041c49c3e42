using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Metering.Tests;

public sealed class WithdrawalRuleTests
{
    /// <summary>Policy: fee share 1 %, least runway 2 h, interval 24 h, least payout 1 000.</summary>
    private static readonly WithdrawOptions Policy = new() { Minimum = Sample.Coin(1_000) };

    [Theory]
    //          owed, fee, runway h, worst h, since h, settled now, due, reason
    [InlineData(500_000, 5_000, 1_000, 1_000, 24, false, true, WithdrawalReason.Regular)]
    [InlineData(499_999, 5_000, 1_000, 1_000, 24, false, false, WithdrawalReason.TooDear)]
    [InlineData(500_000, 5_000, 1_000, 1_000, 23.9, false, false, WithdrawalReason.TooSoon)]
    [InlineData(999, 0, 1_000, 1_000, 48, false, false, WithdrawalReason.TooLittle)]
    [InlineData(1_000, 0, 1_000, 1_000, 48, false, true, WithdrawalReason.Regular)]
    [InlineData(0, 0, 1_000, 1_000, 48, false, false, WithdrawalReason.NothingOwed)]
    [InlineData(-5, 0, 1_000, 1_000, 48, false, false, WithdrawalReason.NothingOwed)]
    [InlineData(500_000, 5_000, 1_000, 1_000, 24, true, false, WithdrawalReason.SettledNow)]
    // running dry: drawn once after the runway fell below two hours
    [InlineData(6_000, 5_000, 1.9, 1.9, 5, false, true, WithdrawalReason.RunningDry)]
    [InlineData(6_000, 5_000, 1.5, 1.5, 0.4, false, false, WithdrawalReason.TooSoon)]
    [InlineData(6_000, 5_000, 1.5, 1.5, 0.6, false, true, WithdrawalReason.RunningDry)]
    [InlineData(4_999, 5_000, 1.5, 1.5, 5, false, false, WithdrawalReason.TooSoon)]
    [InlineData(6_000, 5_000, 2, 2, 5, false, false, WithdrawalReason.TooSoon)]
    // about to be dry: a withdrawal now could take the last coin and leave the lease running for nothing
    [InlineData(900_000, 5_000, 0, 0, 48, false, false, WithdrawalReason.EndsSoon)]
    [InlineData(900_000, 5_000, 0.016, 0, 48, false, false, WithdrawalReason.EndsSoon)]
    [InlineData(900_000, 5_000, 0.017, 0, 48, false, true, WithdrawalReason.RunningDry)]
    // dry: whatever it costs, because it also ends the lease
    [InlineData(1, 5_000, -0.001, -1, 0.1, false, true, WithdrawalReason.Dry)]
    [InlineData(1, 5_000, -3, -3, 0.1, false, true, WithdrawalReason.Dry)]
    [InlineData(1, 5_000, -3, -3, 0.1, true, false, WithdrawalReason.SettledNow)]
    [InlineData(0, 5_000, -3, -3, 100, false, false, WithdrawalReason.DryAndNothingOwed)]
    // others may draw from the same escrow: only when it is cheap
    [InlineData(500_000, 5_000, 1_000, 1, 0.5, false, true, WithdrawalReason.MayRunDry)]
    [InlineData(499_999, 5_000, 1_000, -50, 0.5, false, false, WithdrawalReason.TooSoon)]
    public void Decide_Table_Holds(long owed, long fee, double runway, double worst, double since, bool settledNow, bool due, WithdrawalReason reason)
    {
        var facts = new WithdrawalFacts(
            Sample.Lease(1), Sample.Coin(0), owed, fee, TimeSpan.FromHours(runway), TimeSpan.FromHours(worst), TimeSpan.FromHours(since), settledNow);

        Assert.Equal(new WithdrawalDecision(due, reason), WithdrawalRule.Decide(facts, Policy));
    }

    [Fact]
    public void Decide_LeastPayoutInAnotherCoin_DoesNotApply()
    {
        var facts = new WithdrawalFacts(Sample.Lease(1), Sample.Uakt(0), 999, 0, TimeSpan.FromDays(9), TimeSpan.FromDays(9), TimeSpan.FromDays(2), false);

        Assert.Equal(WithdrawalReason.Regular, WithdrawalRule.Decide(facts, Policy).Reason);
    }

    [Theory]
    [InlineData("uakt", "1", 5_000)]
    [InlineData("uact", "1", 5_000)]
    [InlineData("uact", "0.5", 2_500)]
    [InlineData("uact", "1.0001", 5_001)] // rounded up
    [InlineData("uact", "3.25", 16_250)]
    public void FeeIn_OtherCoin_IsConvertedUpwards(string denom, string worth, long fee)
    {
        var policy = new WithdrawOptions { FeeCoinWorth = decimal.Parse(worth, System.Globalization.CultureInfo.InvariantCulture) };

        Assert.Equal(fee, WithdrawalRule.FeeIn(Denom.Parse(denom), Sample.Uakt(5_000), policy));
    }

    /// <summary>For any facts: never for nothing, never twice in a tick, and outside a dry escrow never for more fee than payout.</summary>
    [Fact]
    public void Decide_AnyFacts_NeverWastesMoney() =>
        Prop.ForAll(FactsGenerator().ToArbitrary(), facts =>
        {
            var decision = WithdrawalRule.Decide(facts, Policy);
            return !decision.IsDue || (facts.Owed > 0 && !facts.IsSettledNow && (facts.Runway < TimeSpan.Zero || facts.Fee <= facts.Owed));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<WithdrawalFacts> FactsGenerator() =>
        from owed in Gen.Choose(-10, 2_000_000)
        from fee in Gen.Choose(0, 20_000)
        from runway in Gen.Choose(-10_000, 10_000)
        from worst in Gen.Choose(0, 20_000)
        from since in Gen.Choose(0, 5_000)
        from settled in Gen.Elements(true, false)
        select new WithdrawalFacts(
            Sample.Lease(1), Sample.Coin(0), owed, fee, TimeSpan.FromMinutes(runway), TimeSpan.FromMinutes(runway - worst), TimeSpan.FromMinutes(since), settled);
}
