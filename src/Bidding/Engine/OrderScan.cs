using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Walks through all open orders for those that no event told of and those that can be judged anew, for example because something became free.</summary>
internal sealed class OrderScan(IMarketplace market, OrderBook book, RememberedOrders remembered, OrderQueues queues, BiddingPulses pulses, IDrainSwitch drain, BiddingGate gate, HostFactsSource host)
{
    /// <remarks>Waits for the evaluators, so that memory does not grow with the number of open orders.</remarks>
    /// <exception cref="MarketUnavailableException">The listing broke off; the next one starts over.</exception>
    public async Task ScanAsync(CancellationToken ct)
    {
        if (!CanBid()) return; // all would be declined for the same reason

        remembered.ListingStarts();
        await foreach (var order in market.ListOpenOrdersAsync(ct))
        {
            pulses.Scan.Watch.Progress();
            remembered.Met(order.Id);
            if (remembered.IsSpent(order.Id) || book.Find(order.Id) is not null) continue;
            await queues.Listed.Writer.WriteAsync(order, ct);
        }

        remembered.ListingDone();
    }

    private bool CanBid()
    {
        if (drain.Reason is not null || gate.Reason is not null) return false;
        var now = host.Gather();
        return now.OpenBids < now.MaxOpenBids;
    }
}
