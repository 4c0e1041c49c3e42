using Google.Protobuf;
using Google.Protobuf.Reflection;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Wires;
using WirePage = ProviderAgent.Chain.Wire.Base.Query.PageRequest;
using WirePageResult = ProviderAgent.Chain.Wire.Base.Query.PageResponse;

namespace ProviderAgent.Devnet.Queries;

internal delegate bool TryParseId<TId>(string text, out TId id);

/// <summary>One page of rows, with what the client needs to ask for the next.</summary>
internal sealed record Page<TRow>(IReadOnlyList<TRow> Rows, WirePageResult Info);

/// <summary>Lists of rows with a state, as the market's queries page through them.</summary>
/// <param name="table">The rows.</param>
/// <param name="states">Names of their states.</param>
/// <param name="order">Order of ids.</param>
/// <param name="idOf">The id of a row; its text goes into page keys.</param>
/// <param name="tryParse">Reads that text back.</param>
internal sealed class StatePaging<TId, TRow>(
    Table<TId, TRow> table, EnumDescriptor states, IComparer<TId> order, Func<TRow, TId> idOf, TryParseId<TId> tryParse)
    where TId : notnull
    where TRow : class, IRow
{
    private const ulong DefaultLimit = 100;

    /// <param name="request">The client's wish; null for the first page.</param>
    /// <param name="state">Name of the only state wanted; empty for all.</param>
    /// <param name="byId">The filter names an owner or a provider: then rows come in id order over all states.</param>
    /// <param name="filter">Which rows are wanted.</param>
    /// <exception cref="QueryException">Unknown state name, damaged key, or an offset without a state.</exception>
    public Page<TRow> Read(WirePage? request, string state, bool byId, Func<TRow, bool> filter)
    {
        request ??= new();
        if (request.Offset > 0 && state.Length == 0)
        {
            throw QueryException.InvalidArgument("invalid request parameters. if offset is set, filter.state must be provided");
        }

        var key = request.Key.IsEmpty ? new(StatesOf(state, request.Reverse), byId, "") : PageKey.Decode(request.Key);
        var rows = (key.ById ? ById(key, request.Reverse) : StateByState(key, request.Reverse)).Where(filter).Skip((int)Math.Min(request.Offset, int.MaxValue));
        var limit = (int)Math.Min(request.Limit == 0 ? DefaultLimit : request.Limit, int.MaxValue - 1);
        var found = rows.Take(limit + 1).ToArray();
        var page = found.Length > limit ? found[..limit] : found;
        var info = new WirePageResult { Total = (ulong)page.Length, NextKey = found.Length > limit ? KeyAt(found[limit], key) : ByteString.Empty };
        return new(page, info);
    }

    private int[] StatesOf(string name, bool isReversed)
    {
        if (name.Length > 0)
        {
            var number = WireEnums.NumberOf(states, name);
            return number == 0 ? throw QueryException.InvalidArgument("invalid state value") : [number];
        }

        var all = states.Values.Select(value => value.Number).Where(number => number != 0).Order();
        return isReversed ? [.. all.Reverse()] : [.. all];
    }

    private IEnumerable<TRow> StateByState(PageKey key, bool isReversed)
    {
        for (var i = 0; i < key.States.Count; i++)
        {
            var state = key.States[i];
            var rows = i == 0 && key.Id.Length > 0
                ? isReversed ? table.ScanBack(state, Parse(key.Id)) : table.Scan(state, Parse(key.Id))
                : isReversed ? table.ScanBack(state) : table.Scan(state);
            foreach (var row in rows) yield return row;
        }
    }

    private IEnumerable<TRow> ById(PageKey key, bool isReversed)
    {
        var rows = key.States.SelectMany(state => table.Scan(state)).OrderBy(idOf, order).AsEnumerable();
        if (isReversed) rows = rows.Reverse();
        if (key.Id.Length == 0) return rows;
        var from = Parse(key.Id);
        return rows.SkipWhile(row => isReversed ? order.Compare(idOf(row), from) > 0 : order.Compare(idOf(row), from) < 0);
    }

    private ByteString KeyAt(TRow row, PageKey key)
    {
        var left = key.ById ? key.States : [.. key.States.SkipWhile(state => state != row.StateCode)];
        return new PageKey(left, key.ById, idOf(row).ToString() ?? "").Encode();
    }

    private TId Parse(string text) => tryParse(text, out var id) ? id : throw QueryException.InvalidArgument("pagination: invalid key");
}
