namespace ProviderAgent.Chain.Sending;

/// <summary>Where signed transactions are kept until it is known what became of them. Implemented over durable storage by whoever composes the program.</summary>
/// <remarks>Called by one sender, one call at a time. Whatever a member throws means "not stored": nothing is sent then.</remarks>
public interface ITransactionOutbox
{
    /// <summary>Returns when the transaction would survive the loss of power. Only then is it sent.</summary>
    Task SaveAsync(OutboxTransaction transaction, CancellationToken ct);

    /// <summary>Notes what became of a transaction; a second call for the same one changes nothing.</summary>
    Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct);

    /// <summary>All transactions that were saved and not closed, in any order.</summary>
    Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct);

    /// <summary>Transactions that got into a block, and so paid their fee, and were closed at or after <paramref name="since"/>; in any order.</summary>
    Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct);
}

/// <param name="Bytes">The transaction, which says what it cost.</param>
/// <param name="At">When it was known to be in a block.</param>
public sealed record OutboxSpending(byte[] Bytes, DateTimeOffset At);

/// <summary>A signed transaction on its way.</summary>
/// <param name="Hash">64 upper-case hex digits; the key.</param>
/// <param name="Bytes">Exactly what is sent; sending it again can never do anything twice.</param>
/// <param name="Sequence">The account's sequence that it uses up. At most one transaction with a given sequence is ever carried out.</param>
/// <param name="TimeoutHeight">Last block that may include it; after that it is void.</param>
/// <param name="Summary">What it does, for people.</param>
/// <param name="CreatedAt">When it was signed.</param>
public sealed record OutboxTransaction(string Hash, byte[] Bytes, long Sequence, long TimeoutHeight, string Summary, DateTimeOffset CreatedAt);

/// <summary>What became of a transaction.</summary>
public enum OutboxState
{
    /// <summary>Carried out.</summary>
    Included,

    /// <summary>In a block, but refused there: nothing happened, the fee is paid.</summary>
    Failed,

    /// <summary>Refused before any block; never to be carried out.</summary>
    Rejected,

    /// <summary>In no block up to its timeout, or its sequence went to another transaction; never to be carried out.</summary>
    Expired,

    /// <summary>Too old to find out, because no endpoint has the blocks any more. It can do nothing any more.</summary>
    Unknown,
}

/// <param name="State">What became of it.</param>
/// <param name="Height">The block that holds it; null when none does.</param>
/// <param name="Detail">The chain's own words when it was refused; for people.</param>
public sealed record OutboxOutcome(OutboxState State, long? Height, string Detail);
