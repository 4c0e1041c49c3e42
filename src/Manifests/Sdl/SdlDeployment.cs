using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>What an SDL file asks for, in the forms that go to the market and to the provider.</summary>
/// <param name="Groups">For the market, sorted by name.</param>
/// <param name="Manifest">For the provider; its groups stand in the same order.</param>
/// <param name="Hash">Of the manifest; announced on the market together with the groups.</param>
/// <param name="MinReclaimWindow">Shortest notice that the tenant accepts from a provider; null when the file asks for none.</param>
public sealed record SdlDeployment(ValueList<GroupSpec> Groups, Manifest Manifest, ManifestHash Hash, TimeSpan? MinReclaimWindow);
