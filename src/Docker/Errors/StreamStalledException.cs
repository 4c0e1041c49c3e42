namespace ProviderAgent.Docker;

/// <summary>The engine is there, but a transfer made no progress for longer than its idle deadline: normally a registry that hangs.</summary>
public sealed class StreamStalledException : EngineException
{
    /// <param name="operation">The call, for example <c>image_pull</c>.</param>
    /// <param name="idle">How long nothing came.</param>
    public StreamStalledException(string operation, TimeSpan idle)
        : base($"{operation} made no progress for {idle.TotalSeconds:0.#} s and was given up; check the registry or the other end of the transfer.")
    {
        Idle = idle;
    }

    /// <summary>How long nothing came.</summary>
    public TimeSpan Idle { get; }

    /// <summary>Always true: the other end may wake up.</summary>
    public override bool IsTransient => true;
}
