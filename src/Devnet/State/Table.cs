using System.Collections.Immutable;

namespace ProviderAgent.Devnet.State;

/// <summary>Rows by id and by state, immutable: a changed table shares what did not change, so keeping an old state costs nothing.</summary>
/// <typeparam name="TId">Key; its text names the row in the state hash.</typeparam>
/// <typeparam name="TRow">Row type.</typeparam>
internal sealed class Table<TId, TRow>
    where TId : notnull
    where TRow : class, IRow
{
    private readonly string _name;
    private readonly ImmutableDictionary<TId, Stored> _rows;
    private readonly ImmutableSortedSet<IndexKey> _index;

    private Table(string name, ImmutableDictionary<TId, Stored> rows, ImmutableSortedSet<IndexKey> index, StateDigest digest)
    {
        _name = name;
        _rows = rows;
        _index = index;
        Digest = digest;
    }

    /// <summary>Fingerprint of all rows.</summary>
    public StateDigest Digest { get; }

    public int Count => _rows.Count;

    public static Table<TId, TRow> Empty(string name, IComparer<TId> order) =>
        new(name, ImmutableDictionary<TId, Stored>.Empty, ImmutableSortedSet.Create<IndexKey>(new IndexOrder(order)), default);

    public TRow? Find(TId id) => _rows.TryGetValue(id, out var stored) ? stored.Row : null;

    /// <summary>Bytes that the row takes on the chain; 0 when there is none.</summary>
    public int SizeOf(TId id) => _rows.TryGetValue(id, out var stored) ? stored.Size : 0;

    public Table<TId, TRow> Set(TId id, TRow row)
    {
        var message = row.ToStored();
        var stored = new Stored(row, message.CalculateSize(), StateDigest.Of(_name, Text(id), message));
        var (index, digest) = (_index, Digest);
        if (_rows.TryGetValue(id, out var old))
        {
            digest -= old.Digest;
            if (old.Row.StateCode != row.StateCode) index = index.Remove(new(old.Row.StateCode, id)).Add(new(row.StateCode, id));
        }
        else
        {
            index = index.Add(new(row.StateCode, id));
        }

        return new(_name, _rows.SetItem(id, stored), index, digest + stored.Digest);
    }

    public Table<TId, TRow> Remove(TId id) =>
        _rows.TryGetValue(id, out var old)
            ? new(_name, _rows.Remove(id), _index.Remove(new(old.Row.StateCode, id)), Digest - old.Digest)
            : this;

    /// <summary>Rows of one state in id order, beginning at <paramref name="from"/> or the next id after it.</summary>
    public IEnumerable<TRow> Scan(int state, TId from)
    {
        var start = _index.IndexOf(new(state, from));
        return Walk(state, start < 0 ? ~start : start, step: 1);
    }

    /// <summary>Rows of one state against id order, beginning at <paramref name="from"/> or the next id before it.</summary>
    public IEnumerable<TRow> ScanBack(int state, TId from)
    {
        var start = _index.IndexOf(new(state, from));
        return Walk(state, start < 0 ? ~start - 1 : start, step: -1);
    }

    /// <summary>All rows of one state in id order.</summary>
    public IEnumerable<TRow> Scan(int state) => Walk(state, FirstAtOrAbove(state), step: 1);

    /// <summary>All rows of one state against id order.</summary>
    public IEnumerable<TRow> ScanBack(int state) => Walk(state, FirstAtOrAbove(state + 1) - 1, step: -1);

    /// <summary>All rows, by state and then id.</summary>
    public IEnumerable<TRow> All() => _index.Select(key => _rows[key.Id].Row);

    private IEnumerable<TRow> Walk(int state, int start, int step)
    {
        for (var i = start; i >= 0 && i < _index.Count && _index[i].State == state; i += step) yield return _rows[_index[i].Id].Row;
    }

    private int FirstAtOrAbove(int state)
    {
        var (low, high) = (0, _index.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_index[middle].State < state) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static string Text(TId id) => id.ToString() ?? "";

    private readonly record struct IndexKey(int State, TId Id);

    private sealed record Stored(TRow Row, int Size, StateDigest Digest);

    private sealed class IndexOrder(IComparer<TId> order) : IComparer<IndexKey>
    {
        public int Compare(IndexKey x, IndexKey y) => x.State != y.State ? x.State.CompareTo(y.State) : order.Compare(x.Id, y.Id);
    }
}
