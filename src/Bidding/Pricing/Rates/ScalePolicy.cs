using System.Globalization;
using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The reference provider's strategy <c>scale</c>: each amount times a factor, in coins per tick. Exact at 18 digits, where the original fails on odd byte counts.</summary>
internal static class ScalePolicy
{
    // The original divides to so many digits before it multiplies.
    private const int QuotientDigits = 16;

    /// <returns>Null when all of the group has a price.</returns>
    public static PriceResult.Unpriced? Fill(PriceDraft draft, GroupSpec group, ScaleOptions scale)
    {
        if (group.Units.Any(unit => unit.Resources.Gpus > 0)) return new(DeclineReason.NoPrice, "the policy scale has no price for GPUs: use pricing.policy rates to sell them");
        var milli = Amounts.Sum(group, needs => needs.Cpu.Value);
        var cpu = Exact.Of(scale.Cpu);
        draft.Add("cpu", $"{milli}m", cpu, cpu * Decimal18.FromInteger(milli));
        AddMiB(draft, "memory", Amounts.Sum(group, needs => needs.Memory.Bytes), scale.Memory);

        var classes = new SortedList<string, BigInteger>(StringComparer.Ordinal);
        foreach (var unit in group.Units)
        {
            foreach (var volume in unit.Resources.Storage)
            {
                var name = volume.IsPersistent ? volume.Class ?? "" : "ephemeral";
                classes[name] = classes.GetValueOrDefault(name) + Amounts.Of(volume.Size.Bytes, unit);
            }
        }

        foreach (var (name, bytes) in classes)
        {
            if (!scale.Storage.TryGetValue(name, out var rate)) return new(DeclineReason.NoPrice, $"storage class '{name}' has no price: add pricing.scale.storage.{name} to sell it");
            AddMiB(draft, $"storage {name}", bytes, rate);
        }

        var endpoints = group.Units.Sum(unit => unit.Resources.Endpoints.Count);
        AddCount(draft, "endpoints", endpoints, scale.Endpoint);
        AddCount(draft, "leased addresses", group.Units
            .SelectMany(unit => unit.Resources.Endpoints).Where(endpoint => endpoint.Kind == EndpointKind.LeasedIp).Select(endpoint => endpoint.Sequence).Distinct().Count(), scale.Ip);
        return null;
    }

    private static void AddMiB(PriceDraft draft, string item, BigInteger bytes, decimal scale)
    {
        var mebibytes = Decimal18.Divide(Decimal18.FromInteger(bytes), Decimal18.FromInteger(ByteSize.MiB), MidpointRounding.ToEven).Round(QuotientDigits, MidpointRounding.AwayFromZero);
        var rate = Exact.Of(scale);
        draft.Add(item, $"{mebibytes.Round(3, MidpointRounding.ToEven)} MiB", rate, mebibytes * rate);
    }

    private static void AddCount(PriceDraft draft, string item, int count, decimal scale)
    {
        if (count > 0) draft.Add(item, count.ToString(CultureInfo.InvariantCulture), Exact.Of(scale), Exact.Of(scale) * count);
    }
}
