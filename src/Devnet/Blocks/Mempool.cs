using System.Globalization;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>Transactions that passed their check and wait for a block, in the order in which they came.</summary>
/// <remarks>Not thread-safe; <see cref="ChainEngine"/> guards it.</remarks>
/// <param name="maxTxs">More are refused.</param>
/// <param name="maxBytes">More, all together, are refused.</param>
internal sealed class Mempool(int maxTxs, long maxBytes)
{
    // As many as a node remembers; a transaction that was seen is not taken again.
    private const int CacheSize = 10_000;

    private readonly List<ReadOnlyMemory<byte>> _waiting = [];
    private readonly HashSet<TxHash> _seen = [];
    private readonly Queue<TxHash> _seenInOrder = new();

    public IReadOnlyList<ReadOnlyMemory<byte>> Waiting => _waiting;

    public long Bytes { get; private set; }

    /// <summary>Null when there is room; else the node's own words.</summary>
    public string? RefusalOf(int size) =>
        _waiting.Count >= maxTxs || Bytes + size > maxBytes
            ? string.Create(
                CultureInfo.InvariantCulture, $"mempool is full: number of txs {_waiting.Count} (max: {maxTxs}), total txs bytes {Bytes} (max: {maxBytes})")
            : null;

    public bool HasSeen(TxHash hash) => _seen.Contains(hash);

    public void Add(ReadOnlyMemory<byte> bytes, TxHash hash)
    {
        _waiting.Add(bytes);
        Bytes += bytes.Length;
        Remember(hash);
    }

    /// <summary>Notes a transaction as seen, so that it is not taken again.</summary>
    public void Remember(TxHash hash)
    {
        if (!_seen.Add(hash)) return;
        _seenInOrder.Enqueue(hash);
        if (_seenInOrder.Count > CacheSize) _seen.Remove(_seenInOrder.Dequeue());
    }

    /// <summary>Lets a refused transaction come again.</summary>
    public void Forget(TxHash hash) => _seen.Remove(hash);

    /// <summary>Takes the first transactions that fit into a block.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Take(long maxBlockBytes)
    {
        var (count, size) = (0, 0L);
        while (count < _waiting.Count && size + _waiting[count].Length <= maxBlockBytes) size += _waiting[count++].Length;
        var taken = _waiting[..count];
        _waiting.RemoveRange(0, count);
        Bytes -= size;
        return taken;
    }

    /// <summary>Keeps only the transactions that the check still takes, in order.</summary>
    public void Recheck(Predicate<ReadOnlyMemory<byte>> stays)
    {
        foreach (var bytes in _waiting.ToArray())
        {
            if (stays(bytes)) continue;
            _waiting.Remove(bytes);
            Bytes -= bytes.Length;
            Forget(TxHash.Of(bytes.Span));
        }
    }
}
