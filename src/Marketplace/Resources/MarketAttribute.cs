namespace ProviderAgent.Marketplace;

/// <summary>A key and a value by which orders and providers are matched, for example <c>region=eu</c>.</summary>
public readonly record struct MarketAttribute(string Key, string Value)
{
    public override string ToString() => $"{Key}={Value}";
}
