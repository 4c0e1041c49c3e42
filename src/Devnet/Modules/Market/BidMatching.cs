using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using WireGroupSpec = ProviderAgent.Chain.Wire.Deployment.V1Beta4.GroupSpec;
using WireOffer = ProviderAgent.Chain.Wire.Market.V1Beta5.ResourceOffer;
using WireRequirements = ProviderAgent.Chain.Wire.Attributes.PlacementRequirements;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>Whether a provider may serve an order.</summary>
internal static class BidMatching
{
    /// <summary>True when the offer is empty, or names units of the group, each at most once and with the group's own number of replicas.</summary>
    public static bool OfferMatches(IEnumerable<WireOffer> offer, WireGroupSpec spec)
    {
        var left = spec.Resources.ToDictionary(unit => unit.Resource.Id, unit => unit.Count);
        return offer.All(part => left.Remove(part.Resources?.Id ?? 0, out var count) && count == part.Count);
    }

    /// <summary>Placement attributes, against the provider's own or, when auditors are named, against what those have signed.</summary>
    public static bool RequirementsMatch(WireRequirements? requirements, ValueList<MarketAttribute> own, IReadOnlyList<AuditRow> audits)
    {
        var required = WireAttributes.Read(requirements?.Attributes ?? []);
        var allOf = requirements?.SignedBy?.AllOf ?? [];
        var anyOf = requirements?.SignedBy?.AnyOf ?? [];
        if (allOf.Count == 0 && anyOf.Count == 0) return AttributeMatch.AllMatch(required, own);
        return allOf.All(Signed) && (anyOf.Count == 0 || anyOf.Any(Signed));

        bool Signed(string auditor) => audits.Any(audit => audit.Id.Auditor.Value == auditor && AttributeMatch.AllMatch(required, audit.Attributes));
    }

    /// <summary>Storage classes and GPU models, always against the provider's own attributes.</summary>
    public static bool CapabilitiesMatch(WireGroupSpec spec, ValueList<MarketAttribute> own) =>
        spec.Resources.All(unit =>
            unit.Resource.Storage.All(volume =>
                AttributeMatch.StorageMatches(new(volume.Name, default, WireAttributes.Read(volume.Attributes)), own))
            && AttributeMatch.GpuMatches(GpuWish(unit.Resource), own));

    private static Resources GpuWish(Wire.Resource.Resources wire) => new()
    {
        Id = wire.Id,
        Cpu = default,
        Memory = default,
        Storage = [],
        Gpus = WireNumbers.TryInteger(wire.Gpu.Units.Val, out var units) ? (int)units : 0,
        GpuAttributes = WireAttributes.Read(wire.Gpu.Attributes),
    };
}
