using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Sums over replicas, of any size. Negative amounts are refused by the screening; here they must not make a price smaller.</summary>
internal static class Amounts
{
    public static BigInteger Of(long amount, ResourceUnit unit) => new BigInteger(Math.Max(0, amount)) * Math.Max(0, unit.Count);

    /// <summary>Distinct leased addresses of one replica.</summary>
    public static int Addresses(Resources resources)
    {
        if (resources.Endpoints.Count == 0) return 0;
        return resources.Endpoints.Where(endpoint => endpoint.Kind == EndpointKind.LeasedIp).Select(endpoint => endpoint.Sequence).Distinct().Count();
    }

    public static BigInteger Sum(GroupSpec group, Func<Resources, long> amount)
    {
        BigInteger sum = 0;
        foreach (var unit in group.Units) sum += Of(amount(unit.Resources), unit);
        return sum;
    }
}
