using Microsoft.Extensions.Logging;

namespace ProviderAgent.Docker;

/// <summary>Remembers whether the engine could be reached, so that each change is told once and not at every call.</summary>
internal sealed partial class EngineHealth(string endpoint, ILogger logger)
{
    private int _away;
    private Version? _theirs;

    public void Reached()
    {
        if (Volatile.Read(ref _away) == 1 && Interlocked.Exchange(ref _away, 0) == 1) Log.EngineBack(logger, endpoint);
    }

    public void Missed(EngineUnavailableException e)
    {
        if (e.Reason is not (EngineUnavailableReason.NotReachable or EngineUnavailableReason.TlsRejected)) Log.CallFailed(logger, e);
        else if (Interlocked.Exchange(ref _away, 1) == 0) Log.EngineAway(logger, e);
        else Log.EngineStillAway(logger, endpoint);
    }

    /// <summary>Told when it differs from the last time, as after an upgrade of the engine.</summary>
    public void Agreed(Version theirs, Version used)
    {
        if (!theirs.Equals(Interlocked.Exchange(ref _theirs, theirs))) Log.VersionAgreed(logger, endpoint, theirs, used);
    }

    private static partial class Log
    {
        [LoggerMessage(4500, LogLevel.Information, "Container engine at {Endpoint} speaks API {Theirs}; calls use {Used}", EventName = "VersionAgreed")]
        public static partial void VersionAgreed(ILogger logger, string endpoint, Version theirs, Version used);

        [LoggerMessage(4501, LogLevel.Warning, "Container engine cannot be reached; every call fails until it is back", EventName = "EngineAway")]
        public static partial void EngineAway(ILogger logger, Exception error);

        [LoggerMessage(4502, LogLevel.Debug, "Container engine at {Endpoint} still cannot be reached", EventName = "EngineStillAway")]
        public static partial void EngineStillAway(ILogger logger, string endpoint);

        [LoggerMessage(4503, LogLevel.Information, "Container engine at {Endpoint} can be reached again", EventName = "EngineBack")]
        public static partial void EngineBack(ILogger logger, string endpoint);

        [LoggerMessage(4504, LogLevel.Debug, "A call to the container engine has an unknown outcome; its caller has to look again", EventName = "CallFailed")]
        public static partial void CallFailed(ILogger logger, Exception error);
    }
}
