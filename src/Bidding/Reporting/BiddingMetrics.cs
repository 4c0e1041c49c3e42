using System.Diagnostics.Metrics;

namespace ProviderAgent.Bidding;

/// <summary>Instruments of this room. Names of existing dashboards where there are any; times in seconds.</summary>
internal sealed class BiddingMetrics : IDisposable
{
    /// <summary>Name under which an exporter finds the instruments.</summary>
    public const string MeterName = "ProviderAgent.Bidding";

    private readonly Meter _meter;
    private readonly Counter<long> _handlers;
    private readonly Counter<long> _shouldBid;
    private readonly Counter<long> _declined;
    private readonly Counter<long> _bids;
    private readonly Counter<long> _complete;
    private readonly Counter<long> _notRecorded;
    private readonly Histogram<double> _decision;
    private readonly Histogram<double> _orderToBid;

    public BiddingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _handlers = _meter.CreateCounter<long>("provider_order_handler", description: "Orders taken up and finished, by action");
        _shouldBid = _meter.CreateCounter<long>("provider_should_bid", description: "Decisions on orders, by result");
        _declined = _meter.CreateCounter<long>("provider_order_declined_total", description: "Declined orders, by reason");
        _bids = _meter.CreateCounter<long>("provider_bid", description: "Bids placed and taken back, by action and result");
        _notRecorded = _meter.CreateCounter<long>("provider_orders_not_recorded_total", description: "Orders or winners that could not be kept for replay");
        _complete = _meter.CreateCounter<long>("provider_order_complete", description: "Orders that we bid on, by how they ended");
        _decision = _meter.CreateHistogram<double>("provider_decision_duration_seconds", "s", "From taking an order up to the decision, the market's answers included");
        _orderToBid = _meter.CreateHistogram<double>("provider_order_to_bid_seconds", "s", "Own time from hearing of an order to handing over the bid, the market's answers not included");
    }

    /// <summary>USD for one AKT; null while not known.</summary>
    public double? CoinPrice { get; set; }

    /// <summary>Lists that were never read.</summary>
    public int UnreadLists { get; set; }

    public void NotRecorded() => _notRecorded.Add(1);

    public void HandlerStarted() => _handlers.Add(1, new KeyValuePair<string, object?>("action", "start"));

    public void HandlerStopped() => _handlers.Add(1, new KeyValuePair<string, object?>("action", "stop"));

    /// <summary>An order that we had a bid on came to an end.</summary>
    public void Completed(OrderStage stage)
    {
        if (ResultOf(stage) is { } result) _complete.Add(1, new KeyValuePair<string, object?>("result", result));
    }

    public void Accepted() => ShouldBid("accept");

    public void Declined(DeclineReason reason)
    {
        ShouldBid("decline");
        _declined.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    public void DecisionFailed() => ShouldBid("fail");

    public void Placed(bool success) => Bid("open", success);

    public void TakenBack(bool success) => Bid("close", success);

    public void Decided(TimeSpan took) => _decision.Record(took.TotalSeconds);

    public void HandedOver(TimeSpan ownTime) => _orderToBid.Record(Math.Max(0, ownTime.TotalSeconds));

    /// <summary>Shows the state at each scrape. Called once, by the engine.</summary>
    public void Observe(OrderBook book, SilenceAlarm alarm, Func<bool> mayBid)
    {
        _meter.CreateObservableGauge("provider_order_manager", () => book.Count, description: "Orders that are looked at, bid on or waited for");
        _meter.CreateObservableGauge("provider_bids_open", () => book.OpenBids, description: "Bids that stand or are on their way");
        _meter.CreateObservableGauge("provider_bidding_active", () => mayBid() ? 1 : 0, description: "0 while draining, paused or starting");
        _meter.CreateObservableGauge("provider_bidding_silent", () => alarm.Alarm is null ? 0 : 1, description: "1 while orders pass and none is bid on for bidding.alarm_after");
        _meter.CreateObservableGauge("provider_bidding_lists_unread", () => UnreadLists, description: "Lists of bidding.lists that were never read; orders that they concern are declined");
        _meter.CreateObservableGauge("provider_coin_price_usd", CoinPrices, description: "USD for one AKT; no series while it is not known");
    }

    public void Dispose() => _meter.Dispose();

    private Measurement<double>[] CoinPrices() => CoinPrice is { } usd ? [new(usd)] : [];

    private void ShouldBid(string result) => _shouldBid.Add(1, new KeyValuePair<string, object?>("result", result));

    private void Bid(string action, bool success) => _bids.Add(1, new("action", action), new("result", success ? "success" : "fail"));

    private static string? ResultOf(OrderStage stage) => stage switch
    {
        OrderStage.Won => "lease-won",
        OrderStage.Lost => "lease-lost",
        OrderStage.OrderClosed => "order-closed",
        OrderStage.BidClosed => "bid-closed-external",
        OrderStage.TimedOut => "bid-timeout",
        OrderStage.Refused => "bid-refused",
        _ => null,
    };
}
