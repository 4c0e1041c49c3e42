using System.Globalization;
using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Prices a group from a list of prices per month. Pure and exact: amounts of any size, no floating point.</summary>
/// <remarks>
/// Gives the same numbers as the price script that most providers of this market run, so that a list can be taken over. Its
/// peculiarity is kept: endpoints and leased addresses are not multiplied by the number of replicas. Where that script sells for
/// nothing or guesses (a storage class or GPU that is not listed), there is no price here unless the list says so.
/// </remarks>
internal static class RatesPolicy
{
    /// <summary>Adds a line for everything that the group asks for.</summary>
    /// <returns>Null when all of it has a price.</returns>
    public static PriceResult.Unpriced? Fill(PriceDraft draft, PricingRequest request, RateTable rates)
    {
        var group = request.Group;
        AddCompute(draft, group, rates);
        if (AddStorage(draft, group, rates) is { } noClass) return noClass;
        foreach (var unit in group.Units)
        {
            if (unit.Resources.Gpus > 0 && AddGpus(draft, unit, request.Facts.Gpus, rates) is { } noGpu) return noGpu;
        }

        AddEndpoints(draft, group, rates);
        return null;
    }

    private static void AddCompute(PriceDraft draft, GroupSpec group, RateTable rates)
    {
        BigInteger milli = 0, memory = 0;
        foreach (var unit in group.Units)
        {
            milli += Amounts.Of(unit.Resources.Cpu.Value, unit);
            memory += Amounts.Of(unit.Resources.Memory.Bytes, unit);
        }

        AddLine(draft, "cpu", "threads", rates.Cpu, milli, 1000);
        AddLine(draft, "memory", "GiB", rates.Memory, memory, ByteSize.GiB);
    }

    private static PriceResult.Unpriced? AddStorage(PriceDraft draft, GroupSpec group, RateTable rates)
    {
        var classes = new SortedList<string, BigInteger>(StringComparer.Ordinal);
        foreach (var unit in group.Units)
        {
            foreach (var volume in unit.Resources.Storage)
            {
                var name = volume.Class ?? "ephemeral";
                classes[name] = classes.GetValueOrDefault(name) + Amounts.Of(volume.Size.Bytes, unit);
            }
        }

        foreach (var (name, bytes) in classes)
        {
            if (rates.Storage(name) is not { } rate)
                return new(DeclineReason.NoPrice, $"storage class '{name}' has no price: add pricing.rates.storage.{name} to sell it");
            AddLine(draft, $"storage {name}", "GiB", rate, bytes, ByteSize.GiB);
        }

        return null;
    }

    private static PriceResult.Unpriced? AddGpus(PriceDraft draft, ResourceUnit unit, ValueList<PickedGpu> picked, RateTable rates)
    {
        var devices = Amounts.Of(unit.Resources.Gpus, unit);
        if (picked.Count(gpu => gpu.Unit == unit.Resources.Id) is var known && known > 0 && known == devices)
        {
            foreach (var same in picked.Where(gpu => gpu.Unit == unit.Resources.Id).GroupBy(gpu => (gpu.Model, gpu.Ram, gpu.Interface)))
            {
                var (model, ram, slot) = same.Key;
                if (rates.Gpu.Find(same.First()) is not { } rate)
                    return new(DeclineReason.NoPrice, $"the GPU that it would get, {string.Join('.', new[] { model, ram, slot }.OfType<string>())}, has no price: add it to pricing.rates.gpu to sell it");
                AddGpuLine(draft, rate, same.Count());
            }

            return null;
        }

        if (rates.Gpu.Find(unit.Resources.GpuAttributes) is not { } found)
            return new(DeclineReason.NoPrice, $"GPU {GpuRates.Describe(unit.Resources.GpuAttributes)} has no price: add it to pricing.rates.gpu to sell it");
        AddGpuLine(draft, found, devices);
        return null;
    }

    private static void AddGpuLine(PriceDraft draft, GpuRate rate, BigInteger devices) =>
        draft.Add($"gpu {rate.Key}", devices.ToString(CultureInfo.InvariantCulture), rate.Amount, rate.Amount * Decimal18.FromInteger(devices));

    private static void AddEndpoints(PriceDraft draft, GroupSpec group, RateTable rates)
    {
        var (endpoints, addresses) = (0, 0);
        foreach (var unit in group.Units)
        {
            endpoints += unit.Resources.Endpoints.Count;
            addresses += Amounts.Addresses(unit.Resources);
        }

        if (endpoints > 0) draft.Add("endpoints", endpoints.ToString(CultureInfo.InvariantCulture), rates.Endpoint, rates.Endpoint * endpoints);
        if (addresses > 0) draft.Add("leased addresses", addresses.ToString(CultureInfo.InvariantCulture), rates.Ip, rates.Ip * addresses);
    }

    private static void AddLine(PriceDraft draft, string item, string unit, Decimal18 rate, BigInteger amount, long perUnit)
    {
        var all = Decimal18.FromInteger(amount);
        var usd = Decimal18.Divide(rate * all, Decimal18.FromInteger(perUnit), MidpointRounding.ToEven);
        draft.Add(item, $"{Decimal18.Divide(all, Decimal18.FromInteger(perUnit), MidpointRounding.ToEven).Round(3, MidpointRounding.ToEven)} {unit}", rate, usd);
    }
}
