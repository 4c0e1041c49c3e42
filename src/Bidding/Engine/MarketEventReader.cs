using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Turns the market's events into signals and wake-ups. Quick and without questions to anybody; what is lost here is found by the next sweep.</summary>
internal sealed class MarketEventReader(IMarketplace market, OrderBook book, OrderQueues queues, BiddingPulses pulses, OrderRecorder recorder)
{
    public void Read(MarketEventBatch batch)
    {
        if (batch.HasGap)
        {
            pulses.Reconcile.Wake();
            pulses.Scan.Wake();
        }

        var closedDeployments = new HashSet<DeploymentId>();
        var closedGroups = new HashSet<GroupId>();
        foreach (var happened in batch.Events)
        {
            switch (happened)
            {
                case MarketEvent.OrderCreated(var order):
                    TakeUp(order);
                    break;
                case MarketEvent.OrderClosed(var order):
                    Signal(order, OrderSignal.OrderGone);
                    break;
                case MarketEvent.BidClosed(var bid) when bid.Provider == market.Account:
                    Signal(bid.Order, OrderSignal.BidGone);
                    break;
                case MarketEvent.LeaseCreated(var lease, var price):
                    recorder.Leased(lease, price);
                    LeaseMade(lease);
                    break;
                case MarketEvent.DeploymentClosed(var deployment):
                    closedDeployments.Add(deployment);
                    break;
                case MarketEvent.GroupClosed(var group):
                    closedGroups.Add(group);
                    break;
                case MarketEvent.GroupPaused(var group):
                    closedGroups.Add(group);
                    break;
                case MarketEvent.ProviderChanged(var provider) when provider == market.Account:
                    pulses.Reconcile.Wake();
                    break;
                case MarketEvent.AuditChanged(var provider, _) when provider == market.Account:
                    pulses.Reconcile.Wake();
                    break;
            }
        }

        CloseAll(closedDeployments, closedGroups);
    }

    private void TakeUp(OrderId order)
    {
        if (book.TryAdd(order, out var isFull) is { } worker)
        {
            if (queues.Fresh.Writer.TryWrite(worker)) return;
            book.Advance(worker, OrderSignal.Postpone);
            isFull = true;
        }

        if (isFull) pulses.Scan.Wake();
    }

    private void LeaseMade(LeaseId lease)
    {
        var ours = lease.Provider == market.Account;
        Signal(lease.Order, ours ? OrderSignal.LeaseOurs : OrderSignal.LeaseOthers);
        if (ours) pulses.Reconcile.Wake(); // makes sure that its resources are assigned, also when we did not know of the bid
    }

    private void CloseAll(HashSet<DeploymentId> deployments, HashSet<GroupId> groups)
    {
        if (deployments.Count == 0 && groups.Count == 0) return;
        foreach (var worker in book.Live())
        {
            if (deployments.Contains(worker.Order.Deployment) || groups.Contains(worker.Order.Group)) book.Advance(worker, OrderSignal.OrderGone);
        }
    }

    private void Signal(OrderId order, OrderSignal signal)
    {
        if (book.Find(order) is { } worker) book.Advance(worker, signal);
    }
}
