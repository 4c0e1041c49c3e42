namespace ProviderAgent.Manifests;

/// <summary>What may change while a lease runs: everything but the set of its services. Pure.</summary>
public static class UpdateRules
{
    /// <summary>The first broken rule; null when there is none.</summary>
    /// <param name="running">The group as it was accepted before.</param>
    /// <param name="next">The group as the tenant wants it now.</param>
    public static ManifestRefusal? Check(ManifestGroup running, ManifestGroup next) =>
        FirstMissing(running, next) is { } name
            ? new(ManifestRule.Update, $"service {name} not found: manifest service rename is not allowed")
            : null;

    private static string? FirstMissing(ManifestGroup running, ManifestGroup next)
    {
        foreach (var service in next.Services)
        {
            if (running.FindService(service.Name) is null) return service.Name;
        }

        foreach (var service in running.Services)
        {
            if (next.FindService(service.Name) is null) return service.Name;
        }

        return null;
    }
}
