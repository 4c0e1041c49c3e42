namespace ProviderAgent.Docker;

/// <summary>What stood between us and the engine.</summary>
public enum EngineUnavailableReason
{
    /// <summary>No connection came about. The call was not sent, so it had no effect.</summary>
    NotReachable,

    /// <summary>The connection came about, but one side did not accept the other's certificate. The call was not sent.</summary>
    TlsRejected,

    /// <summary>The connection broke before the answer was complete. The call may or may not have taken effect: look before repeating it.</summary>
    ConnectionLost,

    /// <summary>The answer did not come in time. The call may or may not take effect still: look before repeating it.</summary>
    DeadlinePassed,
}

/// <summary>There is no answer from the engine: nothing is known about what runs. Never to be read as "nothing runs".</summary>
public sealed class EngineUnavailableException : EngineException
{
    /// <param name="endpoint">Address of the engine as a person writes it.</param>
    /// <param name="reason">What stood in the way.</param>
    /// <param name="detail">What happened and what to do about it, without a full stop.</param>
    /// <param name="innerException">The cause as the platform reports it.</param>
    public EngineUnavailableException(string endpoint, EngineUnavailableReason reason, string detail, Exception? innerException = null)
        : base($"The container engine at {endpoint} is unavailable: {detail}.", innerException)
    {
        Endpoint = endpoint;
        Reason = reason;
    }

    /// <summary>Address of the engine, for example <c>unix:///var/run/docker.sock</c>.</summary>
    public string Endpoint { get; }

    public EngineUnavailableReason Reason { get; }

    /// <summary>Always true: engines come back.</summary>
    public override bool IsTransient => true;
}
