namespace ProviderAgent.Ledger;

/// <summary>Statements on one table, made once. Names are constants of this assembly.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">The columns that its store reads.</param>
internal sealed record TableStatements(string Name, string Columns)
{
    /// <summary>To be followed by a clause. The row's number stands last, so that columns count from 0.</summary>
    public string Select { get; } = $"SELECT {Columns}, rowid FROM {Name} ";

    /// <summary>The same columns of one row, by its number.</summary>
    public string SelectRow { get; } = $"SELECT {Columns} FROM {Name} WHERE rowid = $1";

    /// <summary>The row's number, then every column.</summary>
    public string SelectWhole { get; } = $"SELECT rowid, * FROM {Name} WHERE rowid = $1";

    public string Delete { get; } = $"DELETE FROM {Name} WHERE rowid = $1";
}
