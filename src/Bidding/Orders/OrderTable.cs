namespace ProviderAgent.Bidding;

/// <summary>The whole life of an order as one table.</summary>
internal static class OrderTable
{
    /// <summary>Where a signal leads; null when it changes nothing, so that duplicates and latecomers die here.</summary>
    public static OrderStage? Next(OrderStage stage, OrderSignal signal) => (stage, signal) switch
    {
        ( >= OrderStage.Won, _) => null,

        // Facts of the market count in every stage.
        (_, OrderSignal.LeaseOurs) => OrderStage.Won,
        (_, OrderSignal.LeaseOthers) => OrderStage.Lost,
        (_, OrderSignal.OrderGone) => OrderStage.OrderClosed,
        (OrderStage.Closing, OrderSignal.BidGone or OrderSignal.TakenBack) => OrderStage.TimedOut, // the event of our own close may come first
        (_, OrderSignal.BidGone) => OrderStage.BidClosed,
        (OrderStage.Seen or OrderStage.Evaluating or OrderStage.Placing, OrderSignal.BidFound) => OrderStage.BidOpen,

        // Our own steps.
        (OrderStage.Seen, OrderSignal.Picked) => OrderStage.Evaluating,
        (OrderStage.Seen or OrderStage.Evaluating or OrderStage.Placing, OrderSignal.Decline) => OrderStage.Declined,
        (OrderStage.Seen or OrderStage.Evaluating or OrderStage.Placing, OrderSignal.Postpone) => OrderStage.Postponed,
        (OrderStage.Evaluating, OrderSignal.Place) => OrderStage.Placing,
        (OrderStage.Placing, OrderSignal.BidRefused) => OrderStage.Refused,
        (OrderStage.BidOpen, OrderSignal.TimeReached) => OrderStage.Closing,
        _ => null,
    };

    public static bool IsFinal(this OrderStage stage) => stage >= OrderStage.Won;

    /// <summary>A bid stands or may come to stand: it counts against the limit, and its resources are set aside.</summary>
    public static bool HoldsBid(this OrderStage stage) => stage is OrderStage.Placing or OrderStage.BidOpen or OrderStage.Closing;

    /// <summary>We had our one bid: the order is not looked at again, although it may stay open.</summary>
    public static bool IsSpent(this OrderStage stage) => stage is OrderStage.BidClosed or OrderStage.TimedOut or OrderStage.Refused;
}
