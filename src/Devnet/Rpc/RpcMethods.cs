using System.Collections.Frozen;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Rpc.Json;
using ProviderAgent.Devnet.Rpc.Subscriptions;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>The methods that can be called over HTTP and WebSocket alike.</summary>
internal sealed class RpcMethods
{
    // The node's own bounds of a page.
    private const long DefaultPerPage = 30;
    private const long MaxPerPage = 100;

    private readonly NodeView _view;
    private readonly BlockJson _json;
    private readonly bool _txIndex;
    private readonly FrozenDictionary<string, RpcMethod> _methods;

    public RpcMethods(NodeView view, string chainId, bool txIndex, NodeMethods node, QueryMethods queries, BroadcastMethods broadcast)
    {
        _view = view;
        _json = new(chainId);
        _txIndex = txIndex;
        _methods = new Dictionary<string, RpcMethod>
        {
            ["health"] = RpcMethod.Of(_ => new JsonObject()),
            ["status"] = RpcMethod.Of(_ => node.Status()),
            ["abci_info"] = RpcMethod.Of(_ => node.AbciInfo()),
            ["akash"] = RpcMethod.Of(_ => node.Discovery()),
            ["num_unconfirmed_txs"] = RpcMethod.Of(_ => node.Unconfirmed()),
            ["abci_query"] = RpcMethod.Of(queries.AbciQuery, "path", "data", "height", "prove"),
            ["block"] = RpcMethod.Of(Block, "height"),
            ["header"] = RpcMethod.Of(Header, "height"),
            ["block_results"] = RpcMethod.Of(arguments => BlockJson.Results(_view.Block(arguments.Number("height"))), "height"),
            ["tx"] = RpcMethod.Of(Tx, "hash", "prove"),
            ["tx_search"] = RpcMethod.Of(TxSearch, "query", "prove", "page", "per_page", "order_by"),
            ["block_search"] = RpcMethod.Of(BlockSearch, "query", "page", "per_page", "order_by"),
            ["broadcast_tx_sync"] = RpcMethod.Of(broadcast.Sync, "tx"),
            ["broadcast_tx_async"] = RpcMethod.Of(broadcast.Async, "tx"),
            ["broadcast_tx_commit"] = new(["tx"], broadcast.CommitAsync),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public BlockJson Json => _json;

    public NodeView View => _view;

    /// <exception cref="RpcException">There is no such method.</exception>
    public RpcMethod Find(string name) => _methods.GetValueOrDefault(name) ?? throw RpcException.MethodNotFound();

    private JsonObject Block(RpcParameters arguments)
    {
        var block = _view.Block(arguments.Number("height"));
        return _json.Full(block, _view.PreviousResults(block));
    }

    private JsonObject Header(RpcParameters arguments)
    {
        var block = _view.Block(arguments.Number("height"));
        return new() { ["header"] = _json.Header(block, _view.PreviousResults(block)) };
    }

    private JsonObject Tx(RpcParameters arguments)
    {
        CheckIndex();
        var hash = TxHash.From(arguments.Bytes("hash"));
        var (block, index) = _view.FindTx(hash) ?? throw RpcException.Internal($"tx ({hash}) not found");
        return RpcJson.Tx(block, index);
    }

    private JsonObject TxSearch(RpcParameters arguments)
    {
        CheckIndex();
        var query = EventQuery.Parse(arguments.Text("query"));
        var found = _view.Blocks()
            .SelectMany(block => Enumerable.Range(0, block.Txs.Count).Select(index => (Block: block, Index: index)))
            .Where(tx => query.Matches(ReportedFacts.OfTx(tx.Block, tx.Index)));
        var (page, total) = Page(arguments, found);
        return new() { ["txs"] = new JsonArray([.. page.Select(tx => RpcJson.Tx(tx.Block, tx.Index))]), ["total_count"] = RpcJson.Number(total) };
    }

    private JsonObject BlockSearch(RpcParameters arguments)
    {
        CheckIndex();
        var query = EventQuery.Parse(arguments.Text("query"));
        var (page, total) = Page(arguments, _view.Blocks().Where(block => query.Matches(ReportedFacts.OfBlock(block))));
        return new()
        {
            ["blocks"] = new JsonArray([.. page.Select(block => _json.Full(block, _view.PreviousResults(block)))]),
            ["total_count"] = RpcJson.Number(total),
        };
    }

    private static (IEnumerable<T> Page, long Total) Page<T>(RpcParameters arguments, IEnumerable<T> found)
    {
        var all = arguments.Text("order_by") switch
        {
            "" or "asc" => found.ToArray(),
            "desc" => [.. found.Reverse()],
            _ => throw RpcException.Internal("expected order_by to be either `asc` or `desc` or empty"),
        };
        var perPage = (int)Math.Clamp(arguments.Number("per_page") ?? DefaultPerPage, 1, MaxPerPage);
        var pages = Math.Max(1, (all.Length + perPage - 1) / perPage);
        var page = arguments.Number("page") ?? 1;
        if (page < 1 || page > pages)
        {
            throw RpcException.Internal(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"page should be within [1, {pages}] range, given {page}"));
        }

        return (all.Skip((int)(page - 1) * perPage).Take(perPage), all.Length);
    }

    private void CheckIndex()
    {
        if (!_txIndex) throw RpcException.Internal("transaction indexing is disabled");
    }
}
