using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What our bids have cost in fees lately. Safe for concurrent use.</summary>
/// <remarks>Bounded: sums by minute, for a day. Monotonic: a clock that is set does not forgive what was spent.</remarks>
internal sealed class FeeMeter(TimeProvider time)
{
    private const int Slots = 24 * 60;
    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Denom, Queue<(long Minute, long Amount)>> _spent = [];
    private readonly long _start = time.GetTimestamp();

    /// <summary>Notes a fee.</summary>
    /// <param name="fee">What was paid.</param>
    /// <param name="age">How long ago; zero for just now.</param>
    public void Add(Coin fee, TimeSpan age = default)
    {
        if (fee.Amount <= 0) return;
        lock (_gate)
        {
            if (!_spent.TryGetValue(fee.Denom, out var sums)) _spent.Add(fee.Denom, sums = []);
            sums.Enqueue((Now - (long)(age / Slot), fee.Amount));
            Trim(sums);
        }
    }

    /// <summary>The sum of a stretch up to now, at most a day.</summary>
    public Coin Spent(Denom denom, TimeSpan within)
    {
        lock (_gate)
        {
            if (!_spent.TryGetValue(denom, out var sums)) return new(0, denom);
            Trim(sums);
            var from = Now - (long)(within / Slot);
            return new(Sum(sums.Where(sum => sum.Minute > from)), denom);
        }
    }

    private long Now => (long)(time.GetElapsedTime(_start) / Slot);

    private static long Sum(IEnumerable<(long Minute, long Amount)> sums) => sums.Aggregate(0L, (sum, next) => sum > long.MaxValue - next.Amount ? long.MaxValue : sum + next.Amount);

    private void Trim(Queue<(long Minute, long Amount)> sums)
    {
        while (sums.TryPeek(out var oldest) && oldest.Minute <= Now - Slots) sums.Dequeue();
        if (sums.Count <= Slots) return;
        var merged = sums.GroupBy(sum => sum.Minute).OrderBy(group => group.Key).Select(group => (group.Key, Sum(group))).ToArray();
        sums.Clear();
        foreach (var sum in merged) sums.Enqueue(sum);
    }
}
