using ProviderAgent.Devnet.Transactions;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>What became of a transaction that was handed in.</summary>
internal abstract record SubmitResult
{
    private SubmitResult()
    {
    }

    /// <summary>The mempool did not even look at it.</summary>
    /// <param name="Text">The node's own words.</param>
    public sealed record Rejected(string Text) : SubmitResult;

    /// <summary>It was checked; with code 0 it waits for a block.</summary>
    public sealed record Checked(TxHash Hash, TxResult Result) : SubmitResult;
}
