using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Transactions;

namespace ProviderAgent.Chain.Sending;

/// <summary>What was found out about a transaction.</summary>
internal abstract record InclusionProof(InFlightTransaction Transaction)
{
    /// <summary>A block holds it.</summary>
    public sealed record Included(InFlightTransaction Transaction, IncludedTransaction Result) : InclusionProof(Transaction);

    /// <summary>No block holds it, and none ever can: its time is over, or its sequence went to another transaction.</summary>
    public sealed record Void(InFlightTransaction Transaction, string Cause) : InclusionProof(Transaction);

    /// <summary>Its time is over, and the blocks that could tell are gone.</summary>
    public sealed record Untraceable(InFlightTransaction Transaction) : InclusionProof(Transaction);
}

/// <summary>Finds out what became of transactions, from blocks and from the account's sequence alone: no node's promise is relied on.</summary>
/// <remarks>
/// A transaction is in a block, or it is proven that it cannot get into one any more: every block up to its timeout was looked
/// through, or its sequence is still unused after its timeout, or its sequence was used and every block up to then was looked through.
/// </remarks>
internal sealed partial class InclusionProver(EndpointPool pool, SigningAccount account, SenderState sender, ILogger<InclusionProver> log)
{
    // Looking a transaction up by hash pays when more blocks than this would have to be fetched.
    private const long FewBlocks = 4;

    // A transaction of an earlier run may have been signed this long before its timeout: the upper bound of chain.timeout_blocks.
    private const long LongestTimeout = 600;

    // An endpoint that does not say which state it answers from is off by this many blocks at most.
    private const long StateLag = 2;

    /// <summary>Looks once; what is not in the answer is still open.</summary>
    /// <exception cref="EndpointException">No endpoint answered; nothing was found out.</exception>
    /// <exception cref="Marketplace.MarketUnavailableException">As above.</exception>
    public async Task<IReadOnlyList<InclusionProof>> LookAsync(IReadOnlyList<InFlightTransaction> open, CancellationToken ct)
    {
        var proofs = new List<InclusionProof>();
        var left = new List<InFlightTransaction>(open);

        var state = left.Any(NeedsState) ? await account.CommittedSequenceAsync(ct) : ((ulong Sequence, long Height)?)null;
        var head = (await pool.CheckAnyAsync(ct)).LatestHeight;
        foreach (var transaction in left) Begin(transaction, state, head);
        await LookUpAsync(left, head, proofs, ct);
        await ScanAsync(left, head, proofs, ct);
        proofs.AddRange(left.Select(transaction => Judge(transaction, state, head)).OfType<InclusionProof>());
        return proofs;

        static bool NeedsState(InFlightTransaction transaction) => !transaction.IsUnordered && (transaction.ScannedTo is null || transaction.HasHole || !transaction.IsAccepted);
    }

    /// <summary>What follows for a transaction that was found in no block up to <paramref name="head"/>; null while it is still open.</summary>
    private static InclusionProof? Judge(InFlightTransaction transaction, (ulong Sequence, long Height)? state, long head)
    {
        if (transaction.ScannedTo < Math.Min(head, transaction.TimeoutHeight)) return null;
        var isOver = head > transaction.TimeoutHeight;
        var isUsed = !transaction.IsUnordered && state is { } at && at.Sequence > transaction.Sequence;
        if (transaction.HasHole)
        {
            // Without a sequence only blocks could tell.
            if (transaction.IsUnordered) return isOver ? new InclusionProof.Untraceable(transaction) : null;
            if (isUsed) return isOver ? new InclusionProof.Untraceable(transaction) : null;
            var isUnused = state is { } known && LowEnd(known.Height, head) >= transaction.TimeoutHeight;
            return isUnused ? Expired() : null;
        }

        if (isOver) return Expired();
        return isUsed && state is { } used && transaction.ScannedTo >= HighEnd(used.Height, head)
            ? new InclusionProof.Void(transaction, $"sequence {transaction.Sequence} was used by another transaction of this account")
            : null;

        InclusionProof.Void Expired() => new(transaction, $"not included by block {transaction.TimeoutHeight}");
    }

    private static long LowEnd(long stateHeight, long head) => stateHeight > 0 ? stateHeight : head - StateLag;

    private static long HighEnd(long stateHeight, long head) => stateHeight > 0 ? stateHeight : head + StateLag;

    private static void Begin(InFlightTransaction transaction, (ulong Sequence, long Height)? state, long head)
    {
        if (transaction.ScannedTo is not null) return;
        var earliest = transaction.TimeoutHeight - LongestTimeout;

        // A sequence that is not used yet proves that no block up to the account's state holds the transaction.
        var isUnused = !transaction.IsUnordered && state is { } known && known.Sequence <= transaction.Sequence;
        transaction.ScannedTo = Math.Max(0, isUnused ? Math.Max(LowEnd(state?.Height ?? 0, head), earliest) : earliest);
    }

    private async Task LookUpAsync(List<InFlightTransaction> left, long head, List<InclusionProof> proofs, CancellationToken ct)
    {
        foreach (var transaction in left.Where(transaction => Math.Min(head, transaction.TimeoutHeight) - transaction.ScannedTo > FewBlocks || transaction.HasHole).ToList())
        {
            try
            {
                var found = await pool.AskAsync((endpoint, stop) => endpoint.Queries.FindTransactionAsync(transaction.Hash, stop), ct);
                if (found is null) continue;
                proofs.Add(new InclusionProof.Included(transaction, found));
                left.Remove(transaction);
            }
            catch (EndpointException e) when (e.Fault == EndpointFault.Refused)
            {
                Log.NoIndex(log, e.Message); // a node without an index: the blocks tell
            }
        }
    }

    private async Task ScanAsync(List<InFlightTransaction> left, long head, List<InclusionProof> proofs, CancellationToken ct)
    {
        if (left.Count == 0) return;
        for (var height = left.Min(transaction => transaction.ScannedTo ?? 0) + 1; height <= head && left.Count > 0; height++)
        {
            if (!left.Any(transaction => IsCandidate(transaction, height))) continue;
            sender.Watch.Progress();
            var block = await BlockAsync(height, ct);
            for (var i = 0; block is not null && i < block.Transactions.Count; i++)
            {
                var hash = TransactionHash.Of(block.Transactions[i]);
                if (left.Find(transaction => transaction.Hash == hash) is not { } transaction) continue;
                var results = await pool.AskAsync((endpoint, stop) => endpoint.Queries.BlockResultsAsync(height, stop), ct);
                if (i >= results.Transactions.Count) throw new EndpointException(EndpointFault.Malformed, $"block {height} has fewer results than transactions");
                proofs.Add(new InclusionProof.Included(transaction, new(hash, height, results.Transactions[i])));
                left.Remove(transaction);
            }

            foreach (var transaction in left.Where(transaction => IsCandidate(transaction, height)))
            {
                transaction.ScannedTo = height;
                transaction.HasHole |= block is null;
            }
        }

        static bool IsCandidate(InFlightTransaction transaction, long height) => height > transaction.ScannedTo && height <= transaction.TimeoutHeight;
    }

    /// <summary>A block's transactions; null when no endpoint has it any more.</summary>
    private async Task<BlockContent?> BlockAsync(long height, CancellationToken ct)
    {
        try
        {
            return await pool.AskAsync((endpoint, stop) => endpoint.Queries.BlockAsync(height, stop), ct);
        }
        catch (EndpointException e) when (e.Fault == EndpointFault.Refused && IsGone(height, e))
        {
            return null;
        }
    }

    private bool IsGone(long height, EndpointException e) =>
        e.RpcData.Contains("is not available", StringComparison.Ordinal)
        || pool.All.Where(endpoint => endpoint.State.IsGood).Min(endpoint => endpoint.State.Status?.EarliestHeight) > height;

    private static partial class Log
    {
        [LoggerMessage(1040, LogLevel.Debug, "The endpoint has no index of transactions; blocks are looked through instead: {Cause}", EventName = "NoTransactionIndex")]
        public static partial void NoIndex(ILogger logger, string cause);
    }
}
