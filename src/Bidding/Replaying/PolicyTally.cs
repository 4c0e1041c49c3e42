using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What a policy would have made of recorded orders. Sums only, so that memory does not grow with the orders.</summary>
public sealed class PolicyTally
{
    // Tenths of a decade from 0.001 to 100 000 USD a month.
    private const int BucketsPerDecade = 10;
    private const int Decades = 8;
    private const double LeastUsd = 0.001;

    private readonly long[] _prices = new long[(BucketsPerDecade * Decades) + 1];
    private readonly Dictionary<DeclineReason, long> _declined = [];

    /// <summary>Orders that were judged.</summary>
    public long Orders { get; private set; }

    /// <summary>Orders that would have been bid on.</summary>
    public long Bids { get; private set; }

    /// <summary>Bids that are cheaper than whatever is known to have won, and than the other policy where two are compared.</summary>
    public long Wins { get; private set; }

    /// <summary>Wins that found room on the host at that moment.</summary>
    public long Leases { get; private set; }

    /// <summary>Orders that found no room any more, and so got no bid.</summary>
    public long Missed => _declined.GetValueOrDefault(DeclineReason.DoesNotFit);

    /// <summary>USD that the leases would have paid, each for the expected length.</summary>
    public Decimal18 IncomeUsd { get; private set; }

    /// <summary>Declined orders by reason.</summary>
    public IReadOnlyDictionary<DeclineReason, long> Declined => _declined;

    /// <summary>Income and utilisation over time.</summary>
    public Timeline Timeline { get; } = new();

    /// <summary>Part of the host that was leased, averaged over the time of the orders.</summary>
    public CapacityUse Use => Timeline.Mean;

    /// <summary>The price, in USD a month, that this part of the bids does not exceed; null without bids.</summary>
    /// <param name="share">0 to 1.</param>
    public double? Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * Bids);
        long seen = 0;
        for (var i = 0; i < _prices.Length; i++)
        {
            seen += _prices[i];
            if (seen >= rank && seen > 0) return LeastUsd * Math.Pow(10, (i + 1) / (double)BucketsPerDecade);
        }

        return null;
    }

    /// <summary>Bids by price: upper end of each tenth of a decade with how many there are, for a plot.</summary>
    public IReadOnlyList<(double UpToUsd, long Bids)> Histogram =>
        [.. _prices.Select((count, i) => (LeastUsd * Math.Pow(10, (i + 1) / (double)BucketsPerDecade), count)).SkipWhile(bar => bar.count == 0).Reverse().SkipWhile(bar => bar.count == 0).Reverse()];

    internal void Decline(DeclineReason reason)
    {
        Orders++;
        _declined[reason] = _declined.GetValueOrDefault(reason) + 1;
    }

    internal void Bid(double usdPerMonth)
    {
        Orders++;
        Bids++;
        var bucket = usdPerMonth <= LeastUsd ? 0 : (int)(Math.Log10(usdPerMonth / LeastUsd) * BucketsPerDecade);
        _prices[Math.Clamp(bucket, 0, _prices.Length - 1)]++;
    }

    internal void Win(bool fits, Decimal18 income)
    {
        Wins++;
        if (!fits) return;
        Leases++;
        IncomeUsd += income;
    }
}

/// <summary>Parts of a host, 0 to 1.</summary>
/// <param name="Cpu">Of the processor.</param>
/// <param name="Memory">Of the memory.</param>
/// <param name="Storage">Of the disk.</param>
/// <param name="Gpus">Of the devices.</param>
public sealed record CapacityUse(double Cpu, double Memory, double Storage, double Gpus);
