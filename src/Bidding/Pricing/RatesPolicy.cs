using System.Globalization;
using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Prices a group from a list of prices per month. Pure and exact: amounts of any size, no floating point.</summary>
/// <remarks>
/// Gives the same numbers as the price script that most providers of this market run, so that a list can be taken over. Its
/// peculiarity is kept: endpoints and leased addresses are not multiplied by the number of replicas. Where that script sells for
/// nothing or guesses (a storage class or GPU that is not listed), there is no price here.
/// </remarks>
public static class RatesPolicy
{
    /// <summary>Fraction digits of a price per tick.</summary>
    public const int PriceDigits = 6;

    // A millionth of ACT, which the market redeems at one US dollar.
    private static readonly Denom Uact = Denom.Parse("uact");
    private static readonly Decimal18 UnitsPerUsd = Decimal18.FromInteger(1_000_000);

    /// <param name="group">What is asked for; the coin of its price limit is the coin of the price.</param>
    /// <param name="rates">The price list.</param>
    /// <param name="clock">Ticks per month of the market.</param>
    public static PriceResult Price(GroupSpec group, RatesOptions rates, MarketClock clock)
    {
        if (group.Units.Count == 0) return new PriceResult.Unpriced(DeclineReason.GroupLimits, "the group asks for nothing");
        var denom = group.Units[0].PriceLimit.Denom;
        if (denom != Uact)
            return new PriceResult.Unpriced(DeclineReason.UnsupportedCoin, $"the order is in {denom}: only {Uact} can be priced, which is worth a fixed number of US dollars");

        var lines = new List<QuoteLine>();
        AddCompute(group, rates, lines);
        if (AddStorage(group, rates, lines) is { } noClass) return noClass;
        if (AddGpus(group, rates, lines) is { } noGpu) return noGpu;
        AddEndpoints(group, rates, lines);

        var usd = Decimal18.Zero;
        foreach (var line in lines) usd += line.UsdPerMonth;
        var exact = new Rate(usd * UnitsPerUsd, denom, TimeBase.Month).To(TimeBase.Tick, clock);
        var price = exact with { Amount = exact.Amount.Round(PriceDigits, MidpointRounding.ToEven) };
        return price.Amount.Sign > 0
            ? new PriceResult.Quoted(new(price, usd, lines.ToValueList()))
            : new PriceResult.Unpriced(DeclineReason.ZeroPrice, $"{usd} USD a month round to nothing per tick: raise pricing.rates");
    }

    private static void AddCompute(GroupSpec group, RatesOptions rates, List<QuoteLine> lines)
    {
        var milli = Sum(group, resources => resources.Cpu.Value);
        lines.Add(Line("cpu", Text(milli, 1000, "threads"), rates.Cpu, milli, 1000));
        var memory = Sum(group, resources => resources.Memory.Bytes);
        lines.Add(Line("memory", Text(memory, ByteSize.GiB, "GiB"), rates.Memory, memory, ByteSize.GiB));
    }

    private static PriceResult.Unpriced? AddStorage(GroupSpec group, RatesOptions rates, List<QuoteLine> lines)
    {
        var classes = new SortedDictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (var unit in group.Units)
        {
            foreach (var volume in unit.Resources.Storage)
            {
                var name = volume.Class ?? "ephemeral";
                classes[name] = classes.GetValueOrDefault(name) + Positive(volume.Size.Bytes) * Positive(unit.Count);
            }
        }

        foreach (var (name, bytes) in classes)
        {
            if (!rates.Storage.TryGetValue(name, out var rate))
                return new(DeclineReason.NoPrice, $"storage class '{name}' has no price: add pricing.rates.storage.{name} to sell it");
            lines.Add(Line($"storage {name}", Text(bytes, ByteSize.GiB, "GiB"), rate, bytes, ByteSize.GiB));
        }

        return null;
    }

    private static PriceResult.Unpriced? AddGpus(GroupSpec group, RatesOptions rates, List<QuoteLine> lines)
    {
        foreach (var unit in group.Units.Where(unit => unit.Resources.Gpus > 0))
        {
            if (GpuRates.Find(unit.Resources.GpuAttributes, rates.Gpu) is not { } found)
                return new(DeclineReason.NoPrice, $"GPU {GpuRates.Describe(unit.Resources.GpuAttributes)} has no price: add it to pricing.rates.gpu to sell it");
            var devices = Positive(unit.Resources.Gpus) * Positive(unit.Count);
            lines.Add(Line($"gpu {found.Key}", devices.ToString(CultureInfo.InvariantCulture), found.Rate, devices, 1));
        }

        return null;
    }

    private static void AddEndpoints(GroupSpec group, RatesOptions rates, List<QuoteLine> lines)
    {
        BigInteger endpoints = 0, addresses = 0;
        foreach (var unit in group.Units)
        {
            endpoints += unit.Resources.Endpoints.Count;
            addresses += unit.Resources.Endpoints.Where(endpoint => endpoint.Kind == EndpointKind.LeasedIp).Select(endpoint => endpoint.Sequence).Distinct().Count();
        }

        if (endpoints > 0) lines.Add(Line("endpoints", endpoints.ToString(CultureInfo.InvariantCulture), rates.Endpoint, endpoints, 1));
        if (addresses > 0) lines.Add(Line("leased addresses", addresses.ToString(CultureInfo.InvariantCulture), rates.Ip, addresses, 1));
    }

    private static BigInteger Sum(GroupSpec group, Func<Resources, long> amount)
    {
        BigInteger sum = 0;
        foreach (var unit in group.Units) sum += Positive(amount(unit.Resources)) * Positive(unit.Count);
        return sum;
    }

    // Negative amounts are refused by the screening; here they must not make a price smaller.
    private static BigInteger Positive(long amount) => Math.Max(0, amount);

    private static QuoteLine Line(string item, string quantity, decimal rate, BigInteger amount, long perUnit)
    {
        var exact = ToDecimal18(rate);
        var usd = Decimal18.Divide(exact * Decimal18.FromInteger(amount), Decimal18.FromInteger(perUnit), MidpointRounding.ToEven);
        return new(item, quantity, exact, usd);
    }

    private static Decimal18 ToDecimal18(decimal rate) =>
        Decimal18.Parse(decimal.Round(Math.Max(0, rate), Decimal18.Digits).ToString(CultureInfo.InvariantCulture));

    private static string Text(BigInteger amount, long perUnit, string unit)
    {
        var value = Decimal18.Divide(Decimal18.FromInteger(amount), Decimal18.FromInteger(perUnit), MidpointRounding.ToEven);
        return $"{value.Round(3, MidpointRounding.ToEven)} {unit}";
    }
}
