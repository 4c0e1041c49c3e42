using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Wires;

/// <summary>Attribute lists to and from the wire.</summary>
internal static class WireAttributes
{
    public static ValueList<MarketAttribute> Read(IEnumerable<Wire.Attributes.Attribute> attributes) =>
        attributes.Select(attribute => new MarketAttribute(attribute.Key, attribute.Value)).ToValueList();

    public static IEnumerable<Wire.Attributes.Attribute> ToWire(IEnumerable<MarketAttribute> attributes) =>
        attributes.Select(attribute => new Wire.Attributes.Attribute { Key = attribute.Key, Value = attribute.Value });
}
