using System.Globalization;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>The chain as this node shows it: as far as it claims to have come, and no further back than it keeps.</summary>
internal sealed class NodeView(ChainEngine engine, DevnetFaults faults)
{
    private readonly ChainState _beginning = GenesisState.Build(engine.Genesis);

    public Block? Latest
    {
        get
        {
            var view = engine.View();
            return view.Latest is { } latest ? Find(Math.Max(view.EarliestHeight, latest.Height - faults.LagBlocks)) : null;
        }
    }

    public long LatestHeight => Latest?.Height ?? 0;

    public long EarliestHeight => engine.View().EarliestHeight;

    /// <summary>Null when the node does not have it, or does not show it yet.</summary>
    public Block? Find(long height) => engine.FindBlock(height);

    /// <summary>The block of a height; the latest when none is named.</summary>
    /// <exception cref="RpcException">Out of range, in the node's own words.</exception>
    public Block Block(long? height)
    {
        var latest = LatestHeight;
        var wanted = height ?? latest;
        if (wanted <= 0) throw RpcException.Internal(Text($"height must be greater than 0, but got {wanted}"));
        if (wanted > latest)
        {
            throw RpcException.Internal(Text($"height {wanted} must be less than or equal to the current blockchain height {latest}"));
        }

        return Find(wanted) ?? throw RpcException.Internal(Text($"height {wanted} is not available, lowest height is {EarliestHeight}"));
    }

    /// <summary>Hash of the results of the block before; empty when it is not there.</summary>
    public ReadOnlySpan<byte> PreviousResults(Block block) => Find(block.Height - 1)?.ResultsHash;

    public (Block Block, int Index)? FindTx(TxHash hash) => engine.FindTx(hash) is { } found && found.Block.Height <= LatestHeight ? found : null;

    public IEnumerable<Block> Blocks()
    {
        var latest = LatestHeight;
        return engine.AllBlocks().TakeWhile(block => block.Height <= latest);
    }

    /// <summary>The state after a block; null when it is not kept.</summary>
    public ChainState? State(long height) => faults.Disagree && engine.StateAt(height) is { } state ? _beginning with { Parameters = state.Parameters } : engine.StateAt(height);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
