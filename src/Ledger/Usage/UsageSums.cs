namespace ProviderAgent.Ledger;

/// <summary>Sums over kept rows and folded days together.</summary>
internal static class UsageSums
{
    // 64 bits do not hold the byte-seconds of a large lease over some years, so each amount is added up in two halves of 32 bits.
    private const string Halves =
        """
        sum(cpu_ns >> 32) AS cpu_h, sum(cpu_ns & 4294967295) AS cpu_l, sum(memory_bs >> 32) AS memory_h, sum(memory_bs & 4294967295) AS memory_l,
        sum(rx_bytes >> 32) AS rx_h, sum(rx_bytes & 4294967295) AS rx_l, sum(tx_bytes >> 32) AS tx_h, sum(tx_bytes & 4294967295) AS tx_l,
        sum(measured_ms) AS measured_ms, sum(gap_ms) AS gap_ms
        """;

    private const string HalfNames = "cpu_h, cpu_l, memory_h, memory_l, rx_h, rx_l, tx_h, tx_l, measured_ms, gap_ms";

    private const string SumOfHalves =
        """
        sum(cpu_h), sum(cpu_l), sum(memory_h), sum(memory_l), sum(rx_h), sum(rx_l), sum(tx_h), sum(tx_l), sum(measured_ms), sum(gap_ms)
        """;

    // By container first: grouping millions of rows by their long texts takes several times as long.
    private const string All =
        $"""
        SELECT lease_id, service, {SumOfHalves} FROM (
            SELECT lease_id, service, {HalfNames} FROM (SELECT source, {Halves} FROM usage GROUP BY source) JOIN usage_source s ON s.id = source
            UNION ALL SELECT lease_id, service, {Halves} FROM usage_day GROUP BY lease_id, service)
        GROUP BY lease_id, service ORDER BY lease_id, service
        """;

    private const string One =
        $"""
        SELECT lease_id, service, {SumOfHalves} FROM (
            SELECT lease_id, service, {HalfNames} FROM (
                SELECT source, {Halves} FROM usage WHERE source IN (SELECT id FROM usage_source WHERE lease_id = $1) GROUP BY source) JOIN usage_source s ON s.id = source
            UNION ALL SELECT lease_id, service, {Halves} FROM usage_day WHERE lease_id = $1 GROUP BY lease_id, service)
        GROUP BY lease_id, service ORDER BY lease_id, service
        """;

    /// <param name="session">Connection to read on.</param>
    /// <param name="lease">Only this one; null for all.</param>
    /// <param name="quarantine">Told about rows whose lease cannot be read.</param>
    public static IReadOnlyList<UsageSum> Read(SqlSession session, LeaseId? lease, QuarantineStore quarantine)
    {
        var sums = new List<UsageSum>();
        object?[] values = lease is { } id ? [id.ToString()] : [];
        session.Visit(
            lease is null ? All : One,
            row =>
            {
                try
                {
                    sums.Add(Parse(row));
                }
                catch (DamagedRowException e)
                {
                    quarantine.ReportChained(UsageChain.Name, e.Message);
                }

                return true;
            },
            values);
        return sums;
    }

    private static UsageSum Parse(LedgerRow row) => new(
        row.Lease(0), row.Text(1), Wide(row, 2), Wide(row, 4), Wide(row, 6), Wide(row, 8), row.Duration(10), row.Duration(11));

    private static Int128 Wide(LedgerRow row, int column) => ((Int128)row.Integer(column) << 32) + row.Integer(column + 1);
}
