namespace ProviderAgent.Inventory;

/// <summary>The hardware could not be measured, or what was read makes no sense. Says nothing about what is there: unknown is not empty.</summary>
public sealed class HostProbeException : Exception
{
    public HostProbeException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
