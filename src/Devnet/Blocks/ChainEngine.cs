using System.Globalization;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Modules.Bme;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Transactions;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>The chain itself: the committed state, the mempool's state on top of it, the blocks. Thread-safe; knows no clock and no network.</summary>
internal sealed class ChainEngine
{
    private readonly Lock _gate = new();
    private readonly TxRunner _runner;
    private readonly EngineLimits _limits;
    private readonly BlockStore _store;
    private readonly Mempool _mempool;
    private readonly IBlockLog _log;
    private readonly Dictionary<long, ChainParameters> _changes;
    private ChainState _committed;
    private ChainState _checked;
    private TaskCompletionSource<Block> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="genesis">Where the chain begins.</param>
    /// <param name="runner">Runs transactions.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="log">Keeps the blocks; what it holds already is executed again.</param>
    /// <exception cref="InvalidDataException">The genesis is wrong, or the log does not lead where it led before.</exception>
    public ChainEngine(GenesisDocument genesis, TxRunner runner, EngineLimits limits, IBlockLog log)
    {
        Genesis = genesis;
        _runner = runner;
        _limits = limits;
        _log = log;
        _store = new(limits.KeepBlocks);
        _mempool = new(limits.MaxMempoolTxs, limits.MaxMempoolBytes);
        _committed = _checked = GenesisState.Build(genesis);
        _changes = genesis.ParameterChanges.ToDictionary(change => change.Height, change => GenesisState.Read(change.Parameters));
        foreach (var logged in log.Read()) Replay(logged);
    }

    public GenesisDocument Genesis { get; }

    /// <summary>What holds for the next block, unless it changes with that one.</summary>
    public ChainParameters Parameters
    {
        get
        {
            lock (_gate) return _committed.Parameters;
        }
    }

    /// <summary>Called after each new block, outside all locks.</summary>
    public event Action<Block>? Committed;

    /// <summary>Completes with the next block.</summary>
    public Task<Block> NextBlock
    {
        get
        {
            lock (_gate) return _next.Task;
        }
    }

    /// <summary>Latest and lowest block that can be asked for, and what waits, as of one moment.</summary>
    public ChainView View()
    {
        lock (_gate) return new(_store.Latest, _store.EarliestHeight, _mempool.Waiting.Count, _mempool.Bytes);
    }

    public Block? FindBlock(long height)
    {
        lock (_gate) return _store.Find(height);
    }

    public (Block Block, int Index)? FindTx(TxHash hash)
    {
        lock (_gate) return _store.Find(hash);
    }

    /// <summary>The blocks that can be asked for, oldest first.</summary>
    public IReadOnlyList<Block> AllBlocks()
    {
        lock (_gate) return [.. _store.Blocks];
    }

    /// <summary>The state after a block; null when it is not kept. Height 0 before the first block is the genesis.</summary>
    public ChainState? StateAt(long height)
    {
        lock (_gate) return height == Height ? _committed : _store.FindState(height);
    }

    /// <summary>Checks a transaction and, if it passes, lets it wait for a block.</summary>
    public SubmitResult Submit(ReadOnlyMemory<byte> bytes)
    {
        var hash = TxHash.Of(bytes.Span);
        lock (_gate)
        {
            if (_mempool.RefusalOf(bytes.Length) is { } full) return new SubmitResult.Rejected(full);
            if (bytes.Length > _limits.MaxTxBytes)
            {
                return new SubmitResult.Rejected(string.Create(
                    CultureInfo.InvariantCulture, $"Tx too large. Max size is {_limits.MaxTxBytes}, but got {bytes.Length}"));
            }

            if (_mempool.HasSeen(hash)) return new SubmitResult.Rejected("tx already exists in cache");
            var outcome = _runner.Run(_checked, LastClock, bytes.Span, TxMode.Check);
            if (outcome.Result.Code == 0)
            {
                _checked = outcome.State;
                _mempool.Add(bytes, hash);
            }

            return new SubmitResult.Checked(hash, outcome.Result);
        }
    }

    /// <summary>Runs a transaction on the mempool's state and drops what it did.</summary>
    public TxResult Simulate(ReadOnlySpan<byte> bytes)
    {
        ChainState state;
        BlockClock clock;
        lock (_gate) (state, clock) = (_checked, LastClock);
        return _runner.Run(state, clock, bytes, TxMode.Simulate).Result;
    }

    /// <summary>Makes the next block of what waits.</summary>
    /// <param name="now">Its time, unless the last block is later; then the least step after that.</param>
    /// <exception cref="IOException">The log could not be written; the chain stands where it stood.</exception>
    public Block Produce(DateTimeOffset now)
    {
        Block block;
        TaskCompletionSource<Block> waiting;
        lock (_gate)
        {
            var time = now > LastClock.Time ? now : LastClock.Time + TimeSpan.FromMilliseconds(1);
            var taken = _mempool.Take(_limits.MaxBlockBytes);
            (block, var after) = Execute(Height + 1, time, taken);
            _log.Append(block);
            Commit(block, after);
            _checked = _committed;
            _mempool.Recheck(Rechecked);
            (waiting, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waiting.TrySetResult(block);
        Committed?.Invoke(block);
        return block;
    }

    private long Height => _store.Latest?.Height ?? 0;

    private BlockClock LastClock => new(Height, _store.Latest?.Time ?? Genesis.Time);

    private (Block Block, ChainState After) Execute(long height, DateTimeOffset time, IReadOnlyList<ReadOnlyMemory<byte>> txs)
    {
        var clock = new BlockClock(height, time);
        var state = DropOldNonces(_committed, time);
        if (_changes.TryGetValue(height, out var parameters)) state = state with { Parameters = parameters };
        var done = new List<BlockTx>(txs.Count);
        foreach (var bytes in txs)
        {
            (var result, state) = _runner.Run(state, clock, bytes.Span, TxMode.Deliver);
            done.Add(new(bytes, TxHash.Of(bytes.Span), result));
        }

        (state, var events) = BmeQueue.EndBlock(state, clock);
        var before = _store.Latest;
        return (new(height, time, before?.Hash ?? [], _committed.ComputeHash(), state.ComputeHash(), done) { EndEvents = events }, state);
    }

    private void Commit(Block block, ChainState after)
    {
        _committed = after;
        _store.Add(block, after);
        foreach (var tx in block.Txs)
        {
            // What was done must not come again; what failed may, though its sequence is used up.
            if (tx.Result.Code == 0) _mempool.Remember(tx.Hash);
            else _mempool.Forget(tx.Hash);
        }
    }

    private void Replay(LoggedBlock logged)
    {
        if (logged.Height != Height + 1) throw new InvalidDataException($"block {logged.Height} follows block {Height} in the block file");
        var (block, after) = Execute(logged.Height, logged.Time, logged.Txs);
        if (!block.AppHash.AsSpan().SequenceEqual(logged.AppHash.Span))
        {
            throw new InvalidDataException(
                $"block {logged.Height} leads to another state than when it was written: the block file belongs to another version of this program");
        }

        Commit(block, after);
        _checked = _committed;
    }

    private bool Rechecked(ReadOnlyMemory<byte> bytes)
    {
        var outcome = _runner.Run(_checked, LastClock, bytes.Span, TxMode.Recheck);
        if (outcome.Result.Code == 0) _checked = outcome.State;
        return outcome.Result.Code == 0;
    }

    /// <summary>A time stamp that has passed cannot be used again anyway.</summary>
    private static ChainState DropOldNonces(ChainState state, DateTimeOffset now)
    {
        foreach (var nonce in state.Nonces.All().TakeWhile(nonce => nonce.Id.Seconds < now.ToUnixTimeSeconds()).ToArray())
        {
            state = state with { Nonces = state.Nonces.Remove(nonce.Id) };
        }

        return state;
    }
}
