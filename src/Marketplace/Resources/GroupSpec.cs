namespace ProviderAgent.Marketplace;

/// <summary>What a group asks for: where it may run, and its resource units.</summary>
public sealed record GroupSpec(string Name, PlacementRequirements Requirements, ValueList<ResourceUnit> Units)
{
    /// <summary>The most the tenant pays for the whole group: unit limit times replicas, summed.</summary>
    /// <exception cref="InvalidOperationException">There is no unit, or the units are priced in different coins.</exception>
    public Rate PriceLimit
    {
        get
        {
            if (Units.Count == 0) throw new InvalidOperationException("a group without resource units has no price limit");
            var sum = Units[0].PriceLimit * Units[0].Count;
            foreach (var unit in Units.Skip(1)) sum += unit.PriceLimit * unit.Count;
            return sum;
        }
    }
}

/// <summary>Attributes that a provider must have, and the auditors who must have signed them.</summary>
public sealed record PlacementRequirements(ValueList<MarketAttribute> Attributes, ValueList<AccountAddress> SignedByAll, ValueList<AccountAddress> SignedByAny)
{
    public static PlacementRequirements None { get; } = new([], [], []);
}
