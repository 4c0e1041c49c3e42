namespace ProviderAgent.Docker;

/// <summary>The engine and this client have no API version in common.</summary>
public sealed class EngineUnsupportedException : EngineException
{
    /// <param name="message">Both versions and what to upgrade.</param>
    public EngineUnsupportedException(string message)
        : base(message)
    {
    }

    /// <summary>Always false: somebody has to upgrade.</summary>
    public override bool IsTransient => false;
}
