namespace ProviderAgent.Docker;

/// <summary>An answer came, but it is not one of a Docker engine: not HTTP, not JSON, a member missing or of the wrong type, or larger than allowed.</summary>
public sealed class EngineProtocolException : EngineException
{
    /// <param name="message">What was wrong with the answer.</param>
    /// <param name="innerException">The parser's own finding.</param>
    public EngineProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Always false: the same engine will say the same again.</summary>
    public override bool IsTransient => false;
}
