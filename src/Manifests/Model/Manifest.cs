using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>What a tenant wants to run: one group of services for each group of the deployment, other providers' groups too.</summary>
/// <param name="Groups">In the order of the tenant's list; equal manifests with groups in another order have another hash.</param>
public sealed record Manifest(ValueList<ManifestGroup> Groups)
{
    /// <summary>The group with this name; null when there is none. Names are unique once the structure rules have passed.</summary>
    public ManifestGroup? FindGroup(string name)
    {
        foreach (var group in Groups)
        {
            if (group.Name == name) return group;
        }

        return null;
    }
}

/// <summary>The services of one group. Its name is that of the group on the market.</summary>
public sealed record ManifestGroup(string Name, ValueList<ManifestService> Services)
{
    internal static ManifestGroup Empty { get; } = new("", []);

    /// <summary>The service with this name; null when there is none.</summary>
    public ManifestService? FindService(string name)
    {
        foreach (var service in Services)
        {
            if (service.Name == name) return service;
        }

        return null;
    }
}
