using ProviderAgent.Chain.Transactions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>A transaction that was saved and whose outcome is not known yet. Belongs to the sender's worker.</summary>
internal sealed class InFlightTransaction(
    SignedTransaction transaction, ulong sequence, long timeoutHeight, IReadOnlyList<PendingAction> actions, Coin fee, long gasLimit)
{
    public byte[] Bytes => transaction.Bytes;

    public TransactionHash Hash => transaction.Hash;

    public ulong Sequence { get; } = sequence;

    /// <summary>It uses no sequence: the account's tells nothing about it, and it waits for no other one.</summary>
    public bool IsUnordered { get; init; }

    /// <summary>Last block that may include it.</summary>
    public long TimeoutHeight { get; } = timeoutHeight;

    /// <summary>Who waits for it, in the order of its messages; nobody when it is of an earlier run.</summary>
    public IReadOnlyList<PendingAction> Actions { get; } = actions;

    /// <summary>What it costs once it is in a block.</summary>
    public Coin Fee { get; } = fee;

    public long GasLimit { get; } = gasLimit;

    /// <summary>The node has said that it waits in its pool.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Latest block when it was sent last; sent again when it is not included soon after.</summary>
    public long SentAt { get; set; }

    /// <summary>All blocks up to here were looked through; null when it is not known where to begin.</summary>
    public long? ScannedTo { get; set; }

    /// <summary>A block that could hold it could not be looked through, because nobody has it any more.</summary>
    public bool HasHole { get; set; }

    public bool IsOfEarlierRun => Actions.Count == 0;

    public override string ToString() => Hash.Hex;
}
