using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Attributes;
using ProviderAgent.Marketplace;
using PlacementRequirements = ProviderAgent.Marketplace.PlacementRequirements;
using WireGroupSpec = ProviderAgent.Chain.Wire.Deployment.V1Beta4.GroupSpec;
using WireOffer = ProviderAgent.Chain.Wire.Market.V1Beta5.ResourceOffer;
using WirePlacement = ProviderAgent.Chain.Wire.Attributes.PlacementRequirements;
using WireUnit = ProviderAgent.Chain.Wire.Deployment.V1Beta4.ResourceUnit;

namespace ProviderAgent.Chain.Mapping;

/// <summary>What a group asks for, between the wire and the market's vocabulary.</summary>
internal static class WireGroups
{
    /// <exception cref="ArgumentException">A price limit is not per tick.</exception>
    public static WireGroupSpec ToWire(GroupSpec spec)
    {
        var wire = new WireGroupSpec
        {
            Name = spec.Name,
            Requirements = new()
            {
                SignedBy = new SignedBy
                {
                    AllOf = { spec.Requirements.SignedByAll.Select(auditor => auditor.Value) },
                    AnyOf = { spec.Requirements.SignedByAny.Select(auditor => auditor.Value) },
                },
                Attributes = { WireResources.ToWire(spec.Requirements.Attributes) },
            },
        };
        foreach (var unit in spec.Units)
        {
            wire.Resources.Add(new WireUnit
            {
                Resource = WireResources.ToWire(unit.Resources),
                Count = checked((uint)unit.Count),
                Price = WireCoins.ToWire(unit.PriceLimit),
            });
        }

        return wire;
    }

    /// <summary>The offer of a bid: what is really reserved, without prices per resource.</summary>
    public static IEnumerable<WireOffer> ToOffer(ValueList<ResourceUnit> units) =>
        units.Select(unit => new WireOffer { Resources = WireResources.ToWire(unit.Resources), Count = checked((uint)unit.Count) });

    /// <summary>Reads a group so that nobody downstream can stumble over it: every sum over it fits, all prices are in one coin.</summary>
    /// <exception cref="MalformedWireException">It is none of that.</exception>
    public static GroupSpec ToSpec(WireGroupSpec? wire)
    {
        if (wire is null) throw new MalformedWireException("the group has no specification");
        var units = wire.Resources.Select(ToUnit).ToValueList();
        var spec = new GroupSpec(wire.Name, ToRequirements(wire.Requirements), units);
        if (units.Count == 0) throw new MalformedWireException("the group has no resource units");
        if (units.Any(unit => unit.PriceLimit.Denom != units[0].PriceLimit.Denom)) throw new MalformedWireException("the group is priced in several coins");
        if (units.Select(unit => unit.Resources.Id).Distinct().Count() != units.Count) throw new MalformedWireException("two resource units have the same number");
        CheckTotals(spec);
        return spec;
    }

    private static ResourceUnit ToUnit(WireUnit wire)
    {
        var count = WireInteger.ToInt(wire.Count, "number of replicas");
        if (count == 0) throw new MalformedWireException("a resource unit has no replicas");
        var price = WireCoins.ToRate(wire.Price, "price limit");
        return price.Amount.Sign >= 0
            ? new(WireResources.ToResources(wire.Resource), count, price)
            : throw new MalformedWireException("the price limit is negative");
    }

    private static PlacementRequirements ToRequirements(WirePlacement? wire) => wire is null
        ? PlacementRequirements.None
        : new(
            WireResources.ToAttributes(wire.Attributes),
            (wire.SignedBy?.AllOf ?? []).Select(WireIds.ToAddress).ToValueList(),
            (wire.SignedBy?.AnyOf ?? []).Select(WireIds.ToAddress).ToValueList());

    private static void CheckTotals(GroupSpec spec)
    {
        try
        {
            long cpu = 0, bytes = 0, gpus = 0;
            foreach (var unit in spec.Units)
            {
                checked
                {
                    cpu += unit.Resources.Cpu.Value * unit.Count;
                    gpus += (long)unit.Resources.Gpus * unit.Count;
                    bytes += unit.Resources.Memory.Bytes * unit.Count;
                    foreach (var volume in unit.Resources.Storage) bytes += volume.Size.Bytes * unit.Count;
                }
            }

            _ = spec.PriceLimit;
            if (gpus > int.MaxValue) throw new OverflowException();
        }
        catch (OverflowException)
        {
            throw new MalformedWireException("the group's totals are beyond any machine or budget");
        }
    }
}
