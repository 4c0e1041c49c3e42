using Google.Protobuf.Reflection;
using ProviderAgent.Chain.Wire.Market.V1;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Mapping;

/// <summary>Why leases end, between the wire and the market's vocabulary.</summary>
internal static class LeaseReasons
{
    /// <summary>A reason that this version does not know stays unknown; new ones may be added at any upgrade.</summary>
    public static LeaseCloseReason FromWire(LeaseClosedReason reason) => reason switch
    {
        LeaseClosedReason.LeaseClosedOwner => LeaseCloseReason.Owner,
        LeaseClosedReason.Unstable => LeaseCloseReason.Unstable,
        LeaseClosedReason.Decommission => LeaseCloseReason.Decommission,
        LeaseClosedReason.Unspecified => LeaseCloseReason.Unspecified,
        LeaseClosedReason.ManifestTimeout => LeaseCloseReason.ManifestTimeout,
        LeaseClosedReason.InsufficientFunds => LeaseCloseReason.InsufficientFunds,
        _ => LeaseCloseReason.Unknown,
    };

    /// <summary>From the name that the chain's JSON uses.</summary>
    public static LeaseCloseReason FromName(string name) =>
        MarketReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(LeaseClosedReason)).FindValueByName(name) is { } value
            ? FromWire((LeaseClosedReason)value.Number)
            : LeaseCloseReason.Unknown;

    /// <summary>The reason that a provider gives; those of the tenant and of the market are not its own to give.</summary>
    public static LeaseClosedReason ToWire(LeaseCloseReason reason) => reason switch
    {
        LeaseCloseReason.Unstable => LeaseClosedReason.Unstable,
        LeaseCloseReason.Decommission => LeaseClosedReason.Decommission,
        LeaseCloseReason.ManifestTimeout => LeaseClosedReason.ManifestTimeout,
        LeaseCloseReason.Unspecified => LeaseClosedReason.Unspecified,
        _ => throw new ArgumentException($"{reason} is no reason that a provider can give", nameof(reason)),
    };
}
