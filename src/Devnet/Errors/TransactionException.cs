namespace ProviderAgent.Devnet.Errors;

/// <summary>Ends the execution of a transaction. Everything it did so far is dropped; the caller turns this into a result with code and log.</summary>
internal sealed class TransactionException(ErrorKind kind, string message) : Exception(message)
{
    public ErrorKind Kind { get; } = kind;
}

/// <summary>The node's own code broke down while executing a message. Reported with code 111222, like any other failure of the transaction.</summary>
internal sealed class ChainPanicException(string message) : Exception(message);
