using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Takes over what the market says of one of our bids.</summary>
internal sealed partial class BidAdopter(IMarketplace market, OrderBook book, IOptionsMonitor<BiddingOptions> options, TimeProvider time, ILogger<BidAdopter> log)
{
    /// <summary>Brings a worker to where its bid is.</summary>
    /// <param name="worker">The order's worker; its group should be known, or nothing is set aside for it.</param>
    /// <param name="bid">The bid as it was just read.</param>
    /// <param name="ct">Stops reading the market's time.</param>
    /// <exception cref="MarketUnavailableException">The bid is open, but its age cannot be told.</exception>
    public async Task ApplyAsync(OrderWorker worker, Bid bid, CancellationToken ct)
    {
        switch (bid.State)
        {
            case BidState.Open:
                worker.Terms ??= new(bid.Price, DueAt(await AgeAsync(bid, ct)));
                if (book.Advance(worker, OrderSignal.BidFound) is not null) Log.BidFound(log, worker.Order, bid.Price);
                break;
            case BidState.Active:
                worker.Terms ??= new(bid.Price, long.MaxValue);
                book.Advance(worker, OrderSignal.LeaseOurs);
                break;
            case BidState.Lost:
                book.Advance(worker, OrderSignal.LeaseOthers);
                break;
            default:
                book.Advance(worker, OrderSignal.BidGone);
                break;
        }
    }

    /// <summary>The deadline of a bid that is this old.</summary>
    public long DueAt(TimeSpan age)
    {
        var timeout = options.CurrentValue.Timeout;
        if (timeout == TimeSpan.Zero) return long.MaxValue;
        var left = timeout > age ? timeout - age : TimeSpan.Zero;
        return time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency);
    }

    private async Task<TimeSpan> AgeAsync(Bid bid, CancellationToken ct)
    {
        // A node that lags behind can put a bid into the future.
        var ticks = Math.Max(0, await market.GetTickAsync(ct) - bid.CreatedAt);
        var age = ticks * market.Clock.TickLength.TotalSeconds;
        return age < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(age) : TimeSpan.MaxValue;
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Information, "Our bid on {Order} at {Price} stands on the market; it is waited for", EventName = "BidFound")]
        public static partial void BidFound(ILogger logger, OrderId order, Rate price);
    }
}
