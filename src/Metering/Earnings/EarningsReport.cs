using System.Numerics;

namespace ProviderAgent.Metering;

/// <summary>What one lease has brought and used.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Withdrawn">Paid out so far, as recorded from the market's total; null when nothing was.</param>
/// <param name="Owed">Earned and not paid out, in the coin of <paramref name="OwedDenom"/>; null when the lease has ended or the market cannot be asked.</param>
/// <param name="OwedDenom">The coin that the lease is paid in; null with <paramref name="Owed"/>.</param>
/// <param name="Fees">Known fees of its withdrawals, one entry per coin.</param>
/// <param name="Usage">What its services used.</param>
public sealed record LeaseEarnings(LeaseId Lease, Coin? Withdrawn, BigInteger? Owed, Denom? OwedDenom, ValueList<Coin> Fees, IReadOnlyList<ServiceUsage> Usage);

/// <summary>Income, fees and usage of all leases. Pure.</summary>
/// <param name="Leases">By lease.</param>
/// <param name="Withdrawn">Sum per coin.</param>
/// <param name="Owed">Sum per coin; null when the market could not be asked.</param>
/// <param name="Fees">Sum per coin.</param>
public sealed record EarningsReport(
    IReadOnlyList<LeaseEarnings> Leases, IReadOnlyDictionary<Denom, BigInteger> Withdrawn, IReadOnlyDictionary<Denom, BigInteger>? Owed, IReadOnlyDictionary<Denom, BigInteger> Fees)
{
    /// <summary>Puts the report together.</summary>
    /// <param name="income">What was recorded.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="accounts">Running leases; null when the market could not be asked, which is not the same as "nothing is owed".</param>
    public static EarningsReport Build(IReadOnlyList<RecordedIncome> income, IReadOnlyList<ServiceUsage> usage, LeaseAccounts? accounts)
    {
        var incomeOf = income.ToDictionary(entry => entry.Lease);
        var usageOf = usage.ToLookup(entry => entry.Lease);
        var running = (accounts?.Leases ?? []).ToDictionary(lease => lease.Account.Lease.Id);
        var leases = incomeOf.Keys.Concat(usageOf.Select(entry => entry.Key)).Concat(running.Keys).Distinct()
            .OrderBy(lease => lease.ToString(), StringComparer.Ordinal)
            .Select(lease => Line(lease, incomeOf.GetValueOrDefault(lease), [.. usageOf[lease]], running.GetValueOrDefault(lease)))
            .ToList();
        return new(
            leases,
            Sum(income.Select(entry => (entry.Withdrawn.Denom, (BigInteger)entry.Withdrawn.Amount))),
            accounts is null ? null : Sum(running.Values.Select(lease => (lease.Account.Payment.Rate.Denom, lease.Owed))),
            Sum(income.SelectMany(entry => entry.Fees).Select(fee => (fee.Denom, (BigInteger)fee.Amount))));
    }

    private static LeaseEarnings Line(LeaseId lease, RecordedIncome? income, IReadOnlyList<ServiceUsage> usage, RunningLease? running) =>
        new(lease, income?.Withdrawn, running?.Owed, running?.Account.Payment.Rate.Denom, income?.Fees ?? [], usage);

    private static SortedDictionary<Denom, BigInteger> Sum(IEnumerable<(Denom Denom, BigInteger Amount)> amounts) =>
        new(amounts.GroupBy(entry => entry.Denom).ToDictionary(group => group.Key, group => group.Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Amount)));
}
