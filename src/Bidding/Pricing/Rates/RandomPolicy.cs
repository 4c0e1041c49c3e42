using System.Security.Cryptography;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Any price between a least and the tenant's limit; for trying out markets, not for earning.</summary>
/// <remarks>The bounds are those of the reference provider; where that one stays in the lowest hundredth of them, this one uses all of it.</remarks>
internal static class RandomPolicy
{
    private const int Steps = 10_000;

    /// <param name="draft">Takes the price.</param>
    /// <param name="group">What is asked for.</param>
    /// <param name="draw">A number from 0 to below its argument.</param>
    public static PriceResult.Unpriced? Fill(PriceDraft draft, GroupSpec group, Func<int, int>? draw = null)
    {
        var memory = Decimal18.FromInteger(Amounts.Sum(group, needs => needs.Memory.Bytes));
        var perGiB = memory / Decimal18.FromInteger(ByteSize.GiB);
        var least = Larger(Decimal18.One, perGiB * 50);
        var most = Decimal18.Min(group.PriceLimit.Amount, perGiB * ByteSize.MiB);
        if (most.Sign <= 0) most = Decimal18.One;
        if (most < least) least = most;
        var step = (draw ?? RandomNumberGenerator.GetInt32)(Steps + 1);
        draft.Add("random", $"between {least} and {most}", Decimal18.One, least + ((most - least) * step / Decimal18.FromInteger(Steps)));
        return null;
    }

    private static Decimal18 Larger(Decimal18 left, Decimal18 right) => left > right ? left : right;
}
