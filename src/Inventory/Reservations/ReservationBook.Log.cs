using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

internal sealed partial class ReservationBook
{
    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Warning, "Reservation of order {Order} lapsed without being renewed; its resources are for sale again", EventName = "ReservationExpired")]
        public static partial void ReservationExpired(ILogger logger, OrderId order);

        [LoggerMessage(2011, LogLevel.Error, "More {Kind} is leased than there is to sell ({Line}); leases go on, nothing more of it is sold", EventName = "Overcommitted")]
        public static partial void Overcommitted(ILogger logger, ResourceKind kind, ResourceLine line);

        [LoggerMessage(2012, LogLevel.Information, "{Kind} is for sale again ({Line})", EventName = "NoLongerOvercommitted")]
        public static partial void NoLongerOvercommitted(ILogger logger, ResourceKind kind, ResourceLine line);

        [LoggerMessage(2013, LogLevel.Critical, "The books of {Kind} are wrong: {Fault}; nothing more of it is sold until the daemon is restarted", EventName = "BooksBroken")]
        public static partial void BooksBroken(ILogger logger, ResourceKind kind, string fault);
    }
}
