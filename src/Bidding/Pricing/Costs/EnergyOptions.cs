namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing.energy</c>: what power costs. It is part of what income must cover (<see cref="FloorOptions"/>).</summary>
public sealed class EnergyOptions
{
    /// <summary>USD for one kWh outside of <see cref="Schedule"/>.</summary>
    /// <value>Default 0: power is not reckoned with; at most 10.</value>
    public decimal PricePerKwh { get; set; }

    /// <summary>Hours with another price. A lease runs around the clock, so its power costs the mean over a week.</summary>
    /// <value>Default none; the first that holds counts.</value>
    public List<EnergyScheduleOptions> Schedule { get; set; } = [];

    /// <summary>Watts that one leased processor thread draws on top of the idle host.</summary>
    /// <value>Default 4; 0 to 1000.</value>
    public decimal WattsPerThread { get; set; } = 4m;

    /// <summary>Watts of one GiB of memory.</summary>
    /// <value>Default 0.3; 0 to 100.</value>
    public decimal WattsPerGib { get; set; } = 0.3m;

    /// <summary>Watts of a GPU by model, as in <c>pricing.rates.gpu</c>; used where it was neither measured nor is its power limit known.</summary>
    /// <value>Default <c>*</c>: 300; 0 to 10 000.</value>
    public Dictionary<string, decimal> WattsPerGpu { get; set; } = new(StringComparer.Ordinal) { [GpuKey.Any] = 300m };

    /// <summary>How busy what is leased is on average; 1 is all the time. Measured watts are taken as they are.</summary>
    /// <value>Default 0.7; 0 to 1.</value>
    public decimal Load { get; set; } = 0.7m;

    /// <summary>Put the cost on top of each price, rather than only see to it that the price covers it.</summary>
    /// <value>Default false.</value>
    public bool PassOn { get; set; }
}

/// <summary>Hours with a price of their own.</summary>
public sealed class EnergyScheduleOptions
{
    /// <summary>As in <see cref="PriceConditionOptions.Hours"/>.</summary>
    /// <value>Default: all day.</value>
    public string? Hours { get; set; }

    /// <summary>Days <c>mon</c> to <c>sun</c>.</summary>
    /// <value>Default: any.</value>
    public List<string> Days { get; set; } = [];

    /// <summary>USD for one kWh.</summary>
    /// <value>Required; 0 to 10.</value>
    public decimal PricePerKwh { get; set; }
}
