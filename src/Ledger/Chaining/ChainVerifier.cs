namespace ProviderAgent.Ledger;

/// <summary>Walks all hash chains over one consistent view of the file.</summary>
internal static class ChainVerifier
{
    public static LedgerVerification Verify(SqlSession session)
    {
        session.Execute("BEGIN");
        try
        {
            var seals = UsageSeals.Verify(session, out var sealCount);
            var usage = VerifyUsage(session, out var usageCount);
            var settlements = SettlementChain.Verify(session, out var settlementCount);
            return new(usageCount, sealCount, settlementCount, seals ?? usage ?? settlements);
        }
        finally
        {
            session.Execute("COMMIT");
        }
    }

    private static ChainBreak? VerifyUsage(SqlSession session, out long count)
    {
        var start = UsageSeals.End(session);
        var last = start;
        var broken = UsageChain.Walk(session, start, long.MaxValue, row =>
        {
            last = new(row.Seq, row.Hash);
            return true;
        });
        count = last.Seq - start.Seq;
        if (broken is not null) return broken;
        var head = ChainHead.Read(session, UsageChain.Name);
        return head.Seq == last.Seq && head.Hash.AsSpan().SequenceEqual(last.Hash)
            ? null
            : new(UsageChain.Name, last.Seq + 1, $"the chain should end with row {head.Seq}");
    }
}
