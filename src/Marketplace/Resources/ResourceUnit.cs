namespace ProviderAgent.Marketplace;

/// <summary>A resource unit of a group: equal replicas and the tenant's price limit for one of them.</summary>
/// <param name="Resources">Needs of one replica.</param>
/// <param name="Count">Number of replicas; at least 1.</param>
/// <param name="PriceLimit">The most the tenant pays for one replica.</param>
public sealed record ResourceUnit(Resources Resources, int Count, Rate PriceLimit);
