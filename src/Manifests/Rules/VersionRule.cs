using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>The manifest must be the one that the tenant announced on the market. Pure.</summary>
public static class VersionRule
{
    /// <param name="actual">Of the manifest at hand.</param>
    /// <param name="announced">What the deployment on the market says now.</param>
    public static ManifestRefusal? Check(ManifestHash actual, ManifestHash announced) =>
        actual == announced ? null : new(ManifestRule.Version, "manifest version validation failed");
}
