namespace ProviderAgent.Marketplace;

/// <summary>Money per time: an 18-digit amount of a coin for each <see cref="TimeBase"/>.</summary>
/// <param name="Amount">Units of <paramref name="Denom"/> for one <paramref name="Per"/>.</param>
/// <param name="Denom">The coin.</param>
/// <param name="Per">What the amount pays for.</param>
public readonly record struct Rate(Decimal18 Amount, Denom Denom, TimeBase Per)
{
    public static Rate PerTick(Decimal18 amount, Denom denom) => new(amount, denom, TimeBase.Tick);

    /// <summary>The same rate on another time base; exact up to the 18th digit, rounded half to even.</summary>
    public Rate To(TimeBase target, MarketClock clock) =>
        target == Per ? this : this with { Amount = Amount * clock.TicksPer(target) / clock.TicksPer(Per), Per = target };

    /// <exception cref="InvalidOperationException">The coins or time bases differ.</exception>
    public static Rate operator +(Rate left, Rate right) => left with { Amount = left.Amount + Comparable(left, right).Amount };

    public static Rate operator *(Rate rate, long count) => rate with { Amount = rate.Amount * count };

    /// <summary>True when this rate is higher; both must be of one coin and time base.</summary>
    /// <exception cref="InvalidOperationException">The coins or time bases differ.</exception>
    public bool IsAbove(Rate other) => Amount > Comparable(this, other).Amount;

    public override string ToString() => $"{Amount} {Denom}/{Per.ToString().ToLowerInvariant()}";

    private static Rate Comparable(Rate left, Rate right) =>
        left.Denom == right.Denom && left.Per == right.Per ? right : throw new InvalidOperationException($"{left} and {right} cannot be compared");
}
