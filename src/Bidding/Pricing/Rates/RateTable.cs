using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A price list made ready for use: exact, per month. Immutable.</summary>
internal sealed class RateTable
{
    // 30.437 days of 24 hours.
    private const decimal HoursPerMonth = 730.488m;

    private readonly Dictionary<string, Decimal18> _storage = new(StringComparer.Ordinal);
    private readonly Decimal18? _otherStorage;

    public RateTable(RatesOptions options)
    {
        var factor = options.Per == RatePeriod.Hour ? HoursPerMonth : 1;
        Cpu = PerMonth(options.Cpu, factor);
        Memory = PerMonth(options.Memory, factor);
        Endpoint = PerMonth(options.Endpoint, factor);
        Ip = PerMonth(options.Ip, factor);
        foreach (var (name, price) in options.Storage) _storage[name] = PerMonth(price, factor);
        _otherStorage = options.OtherStorage is { } other ? PerMonth(other, factor) : null;
        Gpu = new(options.Gpu.ToDictionary(entry => entry.Key, entry => entry.Value * factor, StringComparer.Ordinal), options.OtherGpu * factor);
        Digits = options.Digits;
    }

    public Decimal18 Cpu { get; }

    public Decimal18 Memory { get; }

    public Decimal18 Endpoint { get; }

    public Decimal18 Ip { get; }

    public GpuRates Gpu { get; }

    public int Digits { get; }

    /// <summary>Null for a class that is not sold.</summary>
    public Decimal18? Storage(string name) => _storage.TryGetValue(name, out var rate) ? rate : _otherStorage;

    private static Decimal18 PerMonth(decimal price, decimal factor) => Exact.Of(Math.Max(0, price) * factor);
}
