namespace ProviderAgent.Ledger;

/// <summary>Rows and hashes of the settlement chain.</summary>
internal static class SettlementChain
{
    public const string Name = "settlement";

    private const string Columns = "seq, lease_id, tick, withdrawn, delta, denom, transaction_hash, fee, fee_denom, recorded_at, hash";

    public const string SelectAll = $"SELECT {Columns} FROM settlement ORDER BY seq";

    public const string SelectLease = $"SELECT {Columns} FROM settlement WHERE lease_id = $1 ORDER BY seq";

    public const string SelectRecent = $"SELECT {Columns} FROM settlement ORDER BY seq DESC LIMIT $1";

    private const int HashColumn = 10;

    /// <summary>The row; null when it cannot be read.</summary>
    public static StoredSettlement? TryParse(LedgerRow row)
    {
        try
        {
            return Parse(row);
        }
        catch (DamagedRowException)
        {
            return null;
        }
    }

    /// <summary>Appends a row made for the next number.</summary>
    public static void Append(SqlSession session, Func<long, StoredSettlement> make)
    {
        using var hasher = new RowHasher();
        var head = ChainHead.Read(session, Name);
        var row = make(head.Seq + 1);
        var hash = Hash(hasher, head.Hash, row);
        session.Execute(
            """
            INSERT INTO settlement (seq, lease_id, tick, withdrawn, delta, denom, transaction_hash, fee, fee_denom, recorded_at, hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            row.Seq,
            row.Lease.ToString(),
            row.Tick.Value,
            row.Withdrawn.Amount,
            row.Delta.Amount,
            row.Withdrawn.Denom.Value,
            row.Transaction,
            row.Fee?.Amount,
            row.Fee?.Denom.Value,
            row.RecordedAt.ToMs(),
            hash);
        new ChainHead(row.Seq, hash).Write(session, Name);
    }

    /// <summary>Walks all rows.</summary>
    /// <param name="session">Connection to read on.</param>
    /// <param name="count">Rows that are chained correctly.</param>
    /// <returns>The first break; null when there is none.</returns>
    public static ChainBreak? Verify(SqlSession session, out long count)
    {
        using var hasher = new RowHasher();
        var last = new ChainHead(0, RowHasher.Origin);
        ChainBreak? broken = null;
        session.Visit(SelectAll, found =>
        {
            broken = Check(found, last, hasher, out last);
            return broken is null;
        });
        count = last.Seq;
        if (broken is not null) return broken;
        var head = ChainHead.Read(session, Name);
        return head.Seq == last.Seq && head.Hash.AsSpan().SequenceEqual(last.Hash) ? null : new(Name, last.Seq + 1, $"the chain should end with row {head.Seq}");
    }

    private static ChainBreak? Check(LedgerRow found, ChainHead last, RowHasher hasher, out ChainHead next)
    {
        next = last;
        if (TryParse(found) is not { } row) return new(Name, last.Seq + 1, "the row cannot be read");
        if (row.Seq != last.Seq + 1) return new(Name, last.Seq + 1, $"the row is missing; the next one is {row.Seq}");
        var hash = Hash(hasher, last.Hash, row);
        if (!hash.AsSpan().SequenceEqual(found.Bytes(HashColumn))) return new(Name, row.Seq, "the row does not match its hash");
        next = new(row.Seq, hash);
        return null;
    }

    private static byte[] Hash(RowHasher hasher, byte[] previous, StoredSettlement row) => hasher
        .After(previous)
        .Add(row.Seq)
        .Add(row.Lease.ToString())
        .Add(row.Tick.Value)
        .Add(row.Withdrawn.Amount)
        .Add(row.Delta.Amount)
        .Add(row.Withdrawn.Denom.Value)
        .Add(row.Transaction)
        .Add(row.Fee)
        .Add(row.RecordedAt.ToMs())
        .Finish();

    private static StoredSettlement Parse(LedgerRow row)
    {
        var denom = row.Denom(5);
        Coin? fee = row.IsNull(7) ? null : new Coin(row.Integer(7), row.Denom(8));
        return new(row.Integer(0), row.Lease(1), new(row.Integer(2)), new(row.Integer(3), denom), new(row.Integer(4), denom), row.Text(6), fee, row.Time(9));
    }
}
