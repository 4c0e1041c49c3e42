using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

internal sealed partial class BidEngine
{
    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Information, "Bidding starts with {OpenBids} bids that stand", EventName = "BiddingReady")]
        public static partial void Ready(ILogger logger, int openBids);

        [LoggerMessage(3002, LogLevel.Warning, "Bidding cannot start yet and tries again in {Pause}; nothing is bid on until then", EventName = "StartDelayed")]
        public static partial void StartDelayed(ILogger logger, TimeSpan pause, Exception error);

        [LoggerMessage(3003, LogLevel.Information, "Intent {Intent} on bid {Bid} of an earlier run is settled: {Detail}", EventName = "IntentSettled")]
        public static partial void IntentSettled(ILogger logger, long intent, BidId bid, string detail);

        [LoggerMessage(3004, LogLevel.Warning, "The market cannot be asked; bids, reservations and leases stay as they are", EventName = "MarketAway")]
        public static partial void MarketAway(ILogger logger, Exception error);

        [LoggerMessage(3005, LogLevel.Debug, "The market still cannot be asked", EventName = "MarketStillAway")]
        public static partial void MarketStillAway(ILogger logger, Exception error);

        [LoggerMessage(3006, LogLevel.Information, "The market answers again", EventName = "MarketBack")]
        public static partial void MarketBack(ILogger logger);

        [LoggerMessage(3007, LogLevel.Information, "The operator stopped bidding ({Reason}); bids that stand and leases are not touched", EventName = "Draining")]
        public static partial void Draining(ILogger logger, string reason);

        [LoggerMessage(3008, LogLevel.Information, "The operator allowed bidding again", EventName = "NotDraining")]
        public static partial void NotDraining(ILogger logger);
    }
}
