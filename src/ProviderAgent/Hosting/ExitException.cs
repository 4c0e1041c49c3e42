namespace ProviderAgent.Hosting;

/// <summary>Ends the command with a message that names the cause and the fix, and with the right exit code.</summary>
public sealed class ExitException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode Code { get; } = code;
}
