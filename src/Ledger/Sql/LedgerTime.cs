namespace ProviderAgent.Ledger;

/// <summary>Times as they are stored: whole milliseconds since 1970 in UTC.</summary>
internal static class LedgerTime
{
    // What DateTimeOffset can hold: years 1 to 9999.
    private const long MinMs = -62_135_596_800_000;
    private const long MaxMs = 253_402_300_799_999;

    public static long ToMs(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static bool TryRead(long ms, out DateTimeOffset time)
    {
        var ok = ms is >= MinMs and <= MaxMs;
        time = ok ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : default;
        return ok;
    }
}
