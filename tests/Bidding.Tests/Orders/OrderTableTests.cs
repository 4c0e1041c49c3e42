using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Bidding.Tests.Orders;

public sealed class OrderTableTests
{
    private static readonly OrderSignal[] Closes = [OrderSignal.OrderGone, OrderSignal.BidGone, OrderSignal.LeaseOurs, OrderSignal.LeaseOthers];

    [Theory]
    [InlineData("Picked Place BidFound LeaseOurs", nameof(OrderStage.Won))]
    [InlineData("Picked Place LeaseOurs BidFound", nameof(OrderStage.Won))] // the lease's event comes before the answer to our transaction
    [InlineData("Picked Place BidFound LeaseOthers", nameof(OrderStage.Lost))]
    [InlineData("Picked Place LeaseOthers BidRefused", nameof(OrderStage.Lost))]
    [InlineData("Picked Place BidFound OrderGone BidGone", nameof(OrderStage.OrderClosed))]
    [InlineData("Picked Place BidFound BidGone OrderGone", nameof(OrderStage.BidClosed))]
    [InlineData("Picked Place BidFound TimeReached TakenBack BidGone", nameof(OrderStage.TimedOut))]
    [InlineData("Picked Place BidFound TimeReached BidGone TakenBack", nameof(OrderStage.TimedOut))] // the close's event comes before its answer
    [InlineData("Picked Place BidFound TimeReached LeaseOurs TakenBack", nameof(OrderStage.Won))]
    [InlineData("Picked Place BidRefused", nameof(OrderStage.Refused))]
    [InlineData("Picked Place Postpone", nameof(OrderStage.Postponed))]
    [InlineData("Picked Place Decline", nameof(OrderStage.Declined))]
    [InlineData("Picked Decline Place BidFound", nameof(OrderStage.Declined))]
    [InlineData("Picked Postpone", nameof(OrderStage.Postponed))]
    [InlineData("BidFound", nameof(OrderStage.BidOpen))] // found at start
    [InlineData("Place", nameof(OrderStage.Seen))]
    [InlineData("TimeReached", nameof(OrderStage.Seen))]
    [InlineData("Picked TimeReached TakenBack", nameof(OrderStage.Evaluating))]
    [InlineData("Picked Place BidFound Postpone Decline BidRefused", nameof(OrderStage.BidOpen))] // a bid that stands is not forgotten
    [InlineData("OrderGone Picked", nameof(OrderStage.OrderClosed))]
    public void Next_Way_EndsWhereItShould(string way, string end) => Assert.Equal(Enum.Parse<OrderStage>(end), Run(way.Split(' ').Select(Enum.Parse<OrderSignal>)));

    [Fact]
    public void Next_AnyOrderThatContainsAnEnd_IsFinal() =>
        Prop.ForAll(Arb.From(Gen.ArrayOf(Signals)), Arb.From(Gen.Elements(Closes)), Arb.From(Gen.ArrayOf(Signals)), (before, close, after) =>
            Run([.. before, close, .. after]).IsFinal()).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_SignalRepeated_ChangesNothing() =>
        Prop.ForAll(Arb.From(Gen.ArrayOf(Signals)), Arb.From(Signals), (way, signal) =>
            Run([.. way, signal]) is var once && Run([.. way, signal, signal]) == once).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Next_FinalStage_NeverChanges()
    {
        foreach (var stage in Enum.GetValues<OrderStage>().Where(stage => stage.IsFinal()))
            Assert.All(Enum.GetValues<OrderSignal>(), signal => Assert.Null(OrderTable.Next(stage, signal)));
    }

    [Fact]
    public void Next_AnyStage_NeverLeadsBackToItself()
    {
        foreach (var stage in Enum.GetValues<OrderStage>())
            Assert.All(Enum.GetValues<OrderSignal>(), signal => Assert.NotEqual(stage, OrderTable.Next(stage, signal)));
    }

    private static Gen<OrderSignal> Signals => Gen.Elements(Enum.GetValues<OrderSignal>());

    private static OrderStage Run(IEnumerable<OrderSignal> way)
    {
        var stage = OrderStage.Seen;
        foreach (var signal in way) stage = OrderTable.Next(stage, signal) ?? stage;
        return stage;
    }
}
