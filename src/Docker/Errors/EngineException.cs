namespace ProviderAgent.Docker;

/// <summary>Root of all failures of engine calls. Besides these, calls throw only <see cref="ArgumentException"/> and
/// <see cref="OperationCanceledException"/>.</summary>
/// <remarks>A cancelled call throws <see cref="OperationCanceledException"/> only for the caller's own token; this client's deadlines never look
/// like that.</remarks>
public abstract class EngineException : Exception
{
    private protected EngineException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>True when the same call may succeed later without anybody changing anything.</summary>
    public abstract bool IsTransient { get; }
}
