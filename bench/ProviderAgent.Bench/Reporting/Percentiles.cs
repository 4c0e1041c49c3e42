namespace ProviderAgent.Bench.Reporting;

/// <summary>Order statistics of measured values.</summary>
internal static class Percentiles
{
    /// <summary>The smallest value that at least this share of all values does not exceed (nearest rank).</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Of(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0) throw new ArgumentException("nothing was measured", nameof(values));
        var rank = (int)Math.Ceiling(share * values.Count);
        return values.Order().ElementAt(Math.Clamp(rank, 1, values.Count) - 1);
    }

    public static double Median(IReadOnlyCollection<double> values) => Of(values, 0.5);
}
