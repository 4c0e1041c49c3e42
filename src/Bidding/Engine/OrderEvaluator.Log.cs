using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

internal sealed partial class OrderEvaluator
{
    private static partial class Log
    {
        [LoggerMessage(3030, LogLevel.Debug, "No bid on {Order}: {Reason}, {Detail}", EventName = "Declined")]
        public static partial void Declined(ILogger logger, OrderId order, DeclineReason reason, string detail);

        [LoggerMessage(3031, LogLevel.Debug, "Order {Order} could not be read; it is looked at again with the next sweep", EventName = "OrderPostponed")]
        public static partial void OrderPostponed(ILogger logger, OrderId order, Exception error);

        [LoggerMessage(3032, LogLevel.Warning, "The market's description of order {Order} makes no sense; no bid is made", EventName = "OrderUnreadable")]
        public static partial void OrderUnreadable(ILogger logger, OrderId order, Exception error);

        [LoggerMessage(3033, LogLevel.Error, "Decisions and intents cannot be written down; bidding pauses", EventName = "StoreUnavailable")]
        public static partial void StoreUnavailable(ILogger logger, Exception error);

        [LoggerMessage(3034, LogLevel.Error, "Order {Order} could not be judged because of a defect; no bid is made on it, all others go on", EventName = "DecisionBroken")]
        public static partial void DecisionBroken(ILogger logger, OrderId order, Exception error);
    }
}
