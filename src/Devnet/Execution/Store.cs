using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Execution;

/// <summary>A table as one transaction sees and changes it. Every access is paid for.</summary>
internal sealed class Store<TId, TRow>(Table<TId, TRow> table, GasMeter gas)
    where TId : notnull
    where TRow : class, IRow
{
    /// <summary>The table with the changes so far.</summary>
    public Table<TId, TRow> Table { get; private set; } = table;

    public TRow? Find(TId id)
    {
        gas.Read(Table.SizeOf(id));
        return Table.Find(id);
    }

    public void Set(TId id, TRow row)
    {
        Table = Table.Set(id, row);
        gas.Write(Table.SizeOf(id));
        if (row.StateCode != 0) gas.Index(id.ToString()?.Length ?? 0);
    }

    public void Remove(TId id)
    {
        gas.Write(0);
        Table = Table.Remove(id);
    }

    /// <summary>The rows of one state from an id on, while they belong together.</summary>
    /// <remarks>Read as a whole before any of them is handed out, so the caller may change them.</remarks>
    public IReadOnlyList<TRow> Range(int state, TId from, Func<TRow, bool> belongs, Func<TRow, TId> idOf)
    {
        var rows = Table.Scan(state, from).TakeWhile(belongs).ToArray();
        gas.Read(0);
        foreach (var row in rows) gas.Step(Table.SizeOf(idOf(row)));
        return rows;
    }
}
