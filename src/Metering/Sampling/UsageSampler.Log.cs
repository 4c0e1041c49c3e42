using Microsoft.Extensions.Logging;

namespace ProviderAgent.Metering;

public sealed partial class UsageSampler
{
    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Warning, "Usage cannot be sampled; processor time and network are caught up later, memory meanwhile is recorded as a gap", EventName = "SamplingAway")]
        public static partial void SamplingAway(ILogger logger, Exception error);

        [LoggerMessage(5002, LogLevel.Information, "Usage is sampled again", EventName = "SamplingAgain")]
        public static partial void SamplingAgain(ILogger logger);

        [LoggerMessage(5003, LogLevel.Warning, "A reading of container {Container} was refused ({Reason}); this time is recorded as a gap", EventName = "ReadingRefused")]
        public static partial void ReadingRefused(ILogger logger, string container, string reason);

        [LoggerMessage(5004, LogLevel.Warning, "The ledger holds later usage of container {Container} than expected; accounting continues from there", EventName = "LogIsAhead")]
        public static partial void LogIsAhead(ILogger logger, string container);
    }
}
