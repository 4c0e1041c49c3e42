using System.Globalization;
using System.Numerics;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Prices an order by the scarcest thing that it takes: the GPUs that nobody could use any more afterwards. Pure.</summary>
internal sealed class GpuGuard(GuardOptions options, GpuRates gpuPrices)
{
    public PriceResult.Unpriced? Apply(PriceDraft draft, PricingRequest request)
    {
        if (options.Mode == GuardMode.Off || request.Facts.Inventory is not { } inventory) return null;
        var stranded = Stranded(request.Group, inventory);
        if (stranded.Sign <= 0) return null;
        var text = string.Create(CultureInfo.InvariantCulture, $"{stranded} free GPUs would be left without {options.CpuPerGpu} of processor or {options.MemoryPerGpu} of memory each");
        if (options.Mode == GuardMode.Refuse) return new(DeclineReason.StrandsGpus, text);
        if (gpuPrices.AnyModel is not { } price) return new(DeclineReason.NoPrice, $"{text}, and no GPU has a price in pricing.rates.gpu");
        if (draft.FromUsd(price.Amount * Decimal18.FromInteger(stranded)) is not { } amount)
            return new(DeclineReason.CoinPriceUnknown, $"{text}, and what {draft.Conversion.Denom} is worth is not known: {draft.Conversion.Problem}");
        draft.Add("stranded gpus", stranded.ToString(CultureInfo.InvariantCulture), price.Amount, amount);
        return null;
    }

    /// <summary>How many free GPUs could be sold before the order but not after it, beside those that it takes itself.</summary>
    private BigInteger Stranded(GroupSpec group, InventorySnapshot inventory)
    {
        BigInteger gpus = inventory[ResourceKind.Gpu].Free;
        if (gpus.Sign <= 0) return 0;
        var (cpu, memory) = ((BigInteger)inventory[ResourceKind.Cpu].Free, (BigInteger)inventory[ResourceKind.Memory].Free);
        var taken = Amounts.Sum(group, needs => needs.Gpus);
        var before = Sellable(gpus, cpu, memory);
        var after = Sellable(
            BigInteger.Max(0, gpus - taken),
            BigInteger.Max(0, cpu - Amounts.Sum(group, needs => needs.Cpu.Value)),
            BigInteger.Max(0, memory - Amounts.Sum(group, needs => needs.Memory.Bytes)));
        return before - BigInteger.Min(before, taken) - after;
    }

    private BigInteger Sellable(BigInteger gpus, BigInteger cpu, BigInteger memory) =>
        BigInteger.Min(gpus, BigInteger.Min(cpu / options.CpuPerGpu.Value, memory / options.MemoryPerGpu.Bytes));
}
