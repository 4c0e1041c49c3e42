using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>The blocks that can still be asked for, and the states after the last few of them. Not thread-safe; <see cref="ChainEngine"/> guards it.</summary>
/// <param name="keepBlocks">Older blocks are dropped; 0 keeps all.</param>
internal sealed class BlockStore(int keepBlocks)
{
    /// <summary>How many heights back queries can be asked of.</summary>
    public const int KeepStates = 128;

    private readonly Dictionary<TxHash, (long Height, int Index)> _txs = [];
    private readonly Queue<(long Height, ChainState State)> _states = new();
    private readonly List<Block> _blocks = [];

    /// <summary>Lowest height that is still there; 0 before the first block.</summary>
    public long EarliestHeight => _blocks.Count == 0 ? 0 : _blocks[0].Height;

    public Block? Latest => _blocks.Count == 0 ? null : _blocks[^1];

    public IReadOnlyList<Block> Blocks => _blocks;

    public void Add(Block block, ChainState after)
    {
        _blocks.Add(block);
        for (var i = 0; i < block.Txs.Count; i++) _txs[block.Txs[i].Hash] = (block.Height, i);
        _states.Enqueue((block.Height, after));
        if (_states.Count > KeepStates) _states.Dequeue();
        while (keepBlocks > 0 && _blocks.Count > keepBlocks) DropOldest();
    }

    public Block? Find(long height) =>
        _blocks.Count > 0 && height >= _blocks[0].Height && height <= _blocks[^1].Height ? _blocks[(int)(height - _blocks[0].Height)] : null;

    public (Block Block, int Index)? Find(TxHash hash) =>
        _txs.TryGetValue(hash, out var place) && Find(place.Height) is { } block ? (block, place.Index) : null;

    /// <summary>Null when the state of that height is not kept any more.</summary>
    public ChainState? FindState(long height) => _states.FirstOrDefault(kept => kept.Height == height).State;

    private void DropOldest()
    {
        foreach (var tx in _blocks[0].Txs) _txs.Remove(tx.Hash);
        _blocks.RemoveAt(0);
    }
}
