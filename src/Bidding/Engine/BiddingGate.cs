using ProviderAgent.Inventory;

namespace ProviderAgent.Bidding;

/// <summary>Holds all bidding back for a while when something stands in the way of every bid, so that one failure is not paid for a hundred times; and for as long as what is won could not be run.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class BiddingGate(IHostReadiness host, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private volatile Hold? _hold;

    /// <summary>What bidding waits for; null when it does not.</summary>
    public string? Reason => Held ?? host.Problem;

    private string? Held => _hold is { } hold && time.GetTimestamp() < hold.Until ? hold.Reason : null;

    /// <summary>Holds bidding back: a minute at first, doubling up to ten while nothing succeeds in between.</summary>
    /// <returns>False when it was held back already.</returns>
    public bool Pause(string reason)
    {
        lock (_gate)
        {
            if (Held is not null) return false;
            var length = _hold is { } last ? TimeSpan.FromTicks(Math.Min(2 * last.Length.Ticks, LongestPause.Ticks)) : FirstPause;
            _hold = new(reason, length, time.GetTimestamp() + (long)(length.TotalSeconds * time.TimestampFrequency));
            return true;
        }
    }

    /// <summary>A bid went through: nothing is in the way any more.</summary>
    public void Succeeded()
    {
        if (_hold is null) return;
        lock (_gate) _hold = null;
    }

    private sealed record Hold(string Reason, TimeSpan Length, long Until);
}
