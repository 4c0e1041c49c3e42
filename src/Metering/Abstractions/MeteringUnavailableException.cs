namespace ProviderAgent.Metering;

/// <summary>What a port of this room throws when it has no answer: engine or ledger cannot be asked. Says nothing about what the answer would be.</summary>
public sealed class MeteringUnavailableException : Exception
{
    public MeteringUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
