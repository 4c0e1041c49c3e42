namespace ProviderAgent.Ledger;

/// <summary>The last row of an append-only chain, kept beside it: rows cut off the end would otherwise go unnoticed.</summary>
/// <param name="Seq">Number of the last row; 0 when there is none.</param>
/// <param name="Hash">Its hash.</param>
internal readonly record struct ChainHead(long Seq, byte[] Hash)
{
    /// <summary>Reads the head of a chain.</summary>
    public static ChainHead Read(SqlSession session, string chain)
    {
        var heads = session.Query("SELECT seq, hash FROM chain_head WHERE name = $1", row => new ChainHead(row.Integer(0), row.Bytes(1)), chain);
        return heads.Count == 0 ? new(0, RowHasher.Origin) : heads[0];
    }

    /// <summary>Stores this head, in the same transaction as the rows it speaks of.</summary>
    public void Write(SqlSession session, string chain) =>
        session.Execute("INSERT INTO chain_head (name, seq, hash) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET seq = $2, hash = $3", chain, Seq, Hash);
}
