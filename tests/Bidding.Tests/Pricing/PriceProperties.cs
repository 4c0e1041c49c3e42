using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

/// <summary>What must hold for any group, however odd.</summary>
public sealed class PriceProperties
{
    private sealed record Odd(int Count, long Milli, long Memory, long Disk, int Endpoints);

    [Fact]
    public void Price_MoreOfAnything_IsNeverCheaper() =>
        Prop.ForAll(Arb.From(Sane), Arb.From(Sane), (left, more) =>
        {
            var larger = new Odd(left.Count + more.Count, left.Milli + more.Milli, left.Memory + more.Memory, left.Disk + more.Disk, left.Endpoints + more.Endpoints);
            return PriceOf(larger) >= PriceOf(left);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Price_AbsurdAmounts_NeverOverflowAndNeverGoBelowZero() =>
        Prop.ForAll(Arb.From(Absurd), odd => Price.Of(Group(odd, "1"), new(), Build.Clock) switch
        {
            PriceResult.Quoted quoted => quoted.Quote.Price.Amount.Sign > 0,
            PriceResult.Unpriced unpriced => unpriced.Reason is DeclineReason.ZeroPrice,
            _ => false,
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AnyLimit_NeverBidsAboveIt() =>
        Prop.ForAll(Arb.From(Sane), Arb.From(Gen.Choose(-3, 3)), (odd, nudge) =>
        {
            // A limit within a few millionths of the exact price, so that rounding has to decide.
            var limit = Decimal18.FromAtomics(ExactPriceOf(odd).Atomics + (nudge * 400_000_000_000L));
            if (limit.Sign <= 0) return true;
            var group = Group(odd, limit.ToString(), oneUnit: true);
            var decision = BidRules.Decide(Build.Order(group), Build.Host(Build.Stock(long.MaxValue, long.MaxValue, long.MaxValue)), Price.Of(group, new(), Build.Clock));
            return decision is not BidDecision.Submit(var quote) || !quote.Price.IsAbove(group.PriceLimit);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AbsurdOrders_AreDeclinedAndNeverThrow() =>
        Prop.ForAll(Arb.From(Absurd), odd =>
        {
            var order = Build.Order(Group(odd, "1"));
            return BidRules.Decide(order, Build.Host(), Price.Of(order.Group, new(), Build.Clock)) is BidDecision.Decline or BidDecision.Submit;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20000));

    [Fact]
    public void Price_EveryPolicyAndRule_IsMonotoneInEachQuantity() =>
        Prop.ForAll(Arb.From(Sane), Arb.From(Sane), Arb.From(Gen.Choose(0, 3)), (left, more, which) =>
        {
            var larger = new Odd(left.Count + more.Count, left.Milli + more.Milli, left.Memory + more.Memory, left.Disk + more.Disk, left.Endpoints + more.Endpoints);
            PricingOptions options = which switch
            {
                0 => new() { Policy = PricingPolicyKind.Scale },
                1 => new() { Rules = [new() { Name = "a", Multiply = 0.37m }, new() { Name = "b", Add = 3.3m }] },
                2 => new() { Energy = new() { PricePerKwh = 0.31m, PassOn = true } },
                _ => new() { Floor = new() { Margin = 50 } },
            };
            return AmountBy(larger, options) >= AmountBy(left, options);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Price_WithFloor_NeverPaysLessThanItsCosts() =>
        Prop.ForAll(Arb.From(Sane), odd =>
        {
            PricingOptions options = new() { Rates = new() { Cpu = 0.0001m, Memory = 0.0001m, Endpoint = 0, Storage = new() { ["ephemeral"] = 0.0000001m } }, Energy = new() { PricePerKwh = 0.3m } };
            var request = new PricingRequest(Build.OrderId(1), Group(odd, "1"), Build.Clock);
            var costs = new PriceFloor(options.Floor, new(options.Energy)).Costs(request)!.Value.Usd;
            return AmountBy(odd, options) >= new Rate(costs * 1_000_000, Build.Uact, TimeBase.Month).To(TimeBase.Tick, Build.Clock).Amount;
        }).QuickCheckThrowOnFailure();

    private static Decimal18 AmountBy(Odd odd, PricingOptions options) => Assert.IsType<PriceResult.Quoted>(Price.By(Group(odd, "1"), options)).Quote.Price.Amount;

    private static Gen<Odd> Sane =>
        from count in Gen.Choose(1, 20)
        from milli in Gen.Choose(10, 384_000)
        from memory in Gen.Choose(1, int.MaxValue)
        from disk in Gen.Choose(1, int.MaxValue)
        from endpoints in Gen.Choose(0, 10)
        select new Odd(count, milli, memory + ByteSize.MiB, disk + (5 * ByteSize.MiB), endpoints);

    private static Gen<Odd> Absurd =>
        from count in Gen.Elements(int.MinValue, -1, 0, 1, int.MaxValue)
        from milli in Gen.Elements(long.MinValue, -1, 0, 1, 1000, long.MaxValue)
        from memory in Gen.Elements(long.MinValue, -1, 0, 1, ByteSize.GiB, long.MaxValue)
        from disk in Gen.Elements(long.MinValue, -1, 0, 1, ByteSize.GiB, long.MaxValue)
        from endpoints in Gen.Elements(0, 1, 2000)
        select new Odd(count, milli, memory, disk, endpoints);

    private static Decimal18 PriceOf(Odd odd) => Assert.IsType<PriceResult.Quoted>(Price.Of(Group(odd, "1"), new(), Build.Clock)).Quote.Price.Amount;

    private static Decimal18 ExactPriceOf(Odd odd)
    {
        var quote = Assert.IsType<PriceResult.Quoted>(Price.Of(Group(odd, "1", oneUnit: true), new(), Build.Clock)).Quote;
        return new Rate(quote.UsdPerMonth!.Value * 1_000_000, Build.Uact, TimeBase.Month).To(TimeBase.Tick, Build.Clock).Amount;
    }

    private static GroupSpec Group(Odd odd, string limit, bool oneUnit = false)
    {
        var needs = Build.Needs(odd.Milli, odd.Memory, odd.Disk) with { Endpoints = Enumerable.Repeat(new ServiceEndpoint(EndpointKind.SharedHttp, 0), odd.Endpoints).ToValueList() };
        var unit = Build.Unit(needs, oneUnit ? 1 : odd.Count, limit);
        return oneUnit ? Build.Group(unit) : Build.Group(unit, unit with { Resources = needs with { Id = 2 } });
    }
}
