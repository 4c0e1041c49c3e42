namespace ProviderAgent.Chain.Transactions;

/// <summary>What a signature covers beside the transaction itself.</summary>
/// <param name="ChainId">Name of the network; a signature for one is void on any other.</param>
/// <param name="AccountNumber">The chain's number of the signing account; never changes.</param>
/// <param name="Sequence">How many transactions the account has had; each one needs the next number.</param>
internal readonly record struct SigningContext(string ChainId, ulong AccountNumber, ulong Sequence);

/// <summary>A transaction ready to be sent.</summary>
internal sealed record SignedTransaction(byte[] Bytes, TransactionHash Hash)
{
    public static SignedTransaction FromBytes(byte[] bytes) => new(bytes, TransactionHash.Of(bytes));
}
