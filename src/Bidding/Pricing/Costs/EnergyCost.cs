using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What the power of an order costs. Pure and immutable.</summary>
internal sealed class EnergyCost
{
    private const decimal HoursPerMonth = 730.488m;
    private const int MinutesPerWeek = 7 * 24 * 60;

    private readonly Decimal18 _usdPerWattMonth;
    private readonly Decimal18 _perThread;
    private readonly Decimal18 _perGib;
    private readonly Decimal18 _load;
    private readonly GpuRates _gpus;

    public EnergyCost(EnergyOptions options)
    {
        PricePerKwh = MeanPrice(options);
        _usdPerWattMonth = Exact.Of(PricePerKwh * HoursPerMonth / 1000);
        _perThread = Exact.Of(options.WattsPerThread);
        _perGib = Exact.Of(options.WattsPerGib);
        _load = Exact.Of(options.Load);
        _gpus = new(options.WattsPerGpu);
        IsPassedOn = options.PassOn;
    }

    /// <summary>USD for one kWh, averaged over a week of wall clock.</summary>
    public decimal PricePerKwh { get; }

    public bool IsPassedOn { get; }

    /// <summary>False where power is not reckoned with.</summary>
    public bool IsKnown => _usdPerWattMonth.Sign > 0;

    /// <summary>Mean watts and USD per month; null when a GPU's power is not known.</summary>
    public (Decimal18 Watts, Decimal18 Usd)? Find(PricingRequest request)
    {
        if (!IsKnown) return (Decimal18.Zero, Decimal18.Zero);
        var threads = Decimal18.Divide(Decimal18.FromInteger(Amounts.Sum(request.Group, needs => needs.Cpu.Value)), Decimal18.FromInteger(1000), MidpointRounding.ToEven);
        var gibs = Decimal18.Divide(Decimal18.FromInteger(Amounts.Sum(request.Group, needs => needs.Memory.Bytes)), Decimal18.FromInteger(ByteSize.GiB), MidpointRounding.ToEven);
        var watts = ((threads * _perThread) + (gibs * _perGib)) * _load;
        foreach (var unit in request.Group.Units)
        {
            if (unit.Resources.Gpus <= 0) continue;
            if (GpuWatts(unit, request.Facts.Gpus) is not { } drawn) return null;
            watts += drawn;
        }

        return (watts, watts * _usdPerWattMonth);
    }

    private Decimal18? GpuWatts(ResourceUnit unit, ValueList<PickedGpu> picked)
    {
        var devices = Amounts.Of(unit.Resources.Gpus, unit);
        var known = picked.Where(gpu => gpu.Unit == unit.Resources.Id).ToArray();
        if (known.Length != devices) return _gpus.Find(unit.Resources.GpuAttributes) is { } entry ? entry.Amount * _load * Decimal18.FromInteger(devices) : null;
        var sum = Decimal18.Zero;
        foreach (var gpu in known)
        {
            if (gpu.MeasuredWatts is { } measured and >= 0) sum += Exact.Of(measured);
            else if (gpu.RatedWatts is { } rated and > 0) sum += Exact.Of(rated) * _load;
            else if (_gpus.Find(gpu) is { } listed) sum += listed.Amount * _load;
            else return null;
        }

        return sum;
    }

    private static decimal MeanPrice(EnergyOptions options)
    {
        if (options.Schedule.Count == 0) return options.PricePerKwh;
        var entries = options.Schedule.Select(entry => (Times: DayTimes.Read(entry.Hours, entry.Days, "UTC", out _), entry.PricePerKwh)).ToArray();
        var sunday = new DateTime(2023, 1, 1);
        decimal sum = 0;
        for (var minute = 0; minute < MinutesPerWeek; minute++)
        {
            var wall = sunday.AddMinutes(minute);
            var price = options.PricePerKwh;
            foreach (var (times, special) in entries)
            {
                if (times?.Contains(wall) != true) continue;
                price = special;
                break;
            }

            sum += price;
        }

        return sum / MinutesPerWeek;
    }
}
