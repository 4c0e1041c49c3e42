namespace ProviderAgent.Ledger;

/// <summary>What a folded row is counted under: the day (UTC) in which its interval begins, as days since 1970.</summary>
internal readonly record struct UsageDayKey(long Day, string Lease, string Service, int Replica) : IComparable<UsageDayKey>
{
    private const long DayMs = 86_400_000;

    public static UsageDayKey Of(UsageRow row) => new(Math.DivRem(row.FromMs, DayMs).Quotient, row.Source.Lease.ToString(), row.Source.Service, row.Source.Replica);

    public int CompareTo(UsageDayKey other)
    {
        var order = Day.CompareTo(other.Day);
        if (order == 0) order = string.CompareOrdinal(Lease, other.Lease);
        if (order == 0) order = string.CompareOrdinal(Service, other.Service);
        return order != 0 ? order : Replica.CompareTo(other.Replica);
    }
}

/// <summary>Usage of one replica in one day.</summary>
/// <param name="Used">The sum.</param>
/// <param name="Rows">How many rows it was made of.</param>
internal readonly record struct UsageDay(UsageAmount Used, long Rows)
{
    /// <summary>Adds a row. A day of one host stays far inside 64 bits (512 GiB held all day: 5 · 10^16 byte-seconds).</summary>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static UsageDay operator +(UsageDay day, UsageRow row) => new(
        new(
            checked(day.Used.CpuNanoseconds + row.Used.CpuNanoseconds),
            checked(day.Used.MemoryByteSeconds + row.Used.MemoryByteSeconds),
            checked(day.Used.ReceivedBytes + row.Used.ReceivedBytes),
            checked(day.Used.SentBytes + row.Used.SentBytes),
            day.Used.Measured + row.Used.Measured,
            day.Used.Gap + row.Used.Gap),
        day.Rows + 1);
}
