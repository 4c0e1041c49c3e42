using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

internal sealed partial class HostMonitor
{
    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Host has {Cpu} of {Model}, {Memory} of memory, {DiskFree} free of {DiskTotal} disk; limits: {Limits}", EventName = "HostMeasured")]
        public static partial void HostMeasured(
            ILogger logger, MilliCpu cpu, string model, ByteSize memory, ByteSize diskFree, ByteSize diskTotal, string limits);

        [LoggerMessage(2002, LogLevel.Error, "Host cannot be measured: {Problem}; leases go on, nothing new is sold", EventName = "HostUnmeasured")]
        public static partial void HostUnmeasured(ILogger logger, string problem);

        [LoggerMessage(2003, LogLevel.Debug, "Host still cannot be measured: {Problem}", EventName = "HostStillUnmeasured")]
        public static partial void HostStillUnmeasured(ILogger logger, string problem);

        [LoggerMessage(2004, LogLevel.Information, "Host is measured again; selling goes on", EventName = "HostAnswersAgain")]
        public static partial void HostAnswersAgain(ILogger logger);
    }
}
