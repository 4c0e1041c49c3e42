using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>The manifest must use exactly what the groups on the market ask for. Pure.</summary>
public static class GroupRules
{
    /// <summary>The first broken rule; null when there is none.</summary>
    /// <param name="manifest">One that <see cref="StructureRules"/> accepts.</param>
    /// <param name="groups">All groups of the deployment, leased here or elsewhere.</param>
    public static ManifestRefusal? Check(Manifest manifest, IReadOnlyCollection<GroupSpec> groups)
    {
        if (manifest.Groups.Count != groups.Count) return new(ManifestRule.Groups, $"invalid manifest: group count mismatch ({manifest.Groups.Count} != {groups.Count})");
        var budgets = new Dictionary<string, GroupBudget>(StringComparer.Ordinal);
        foreach (var group in groups) budgets[group.Name] = new(group);
        foreach (var group in manifest.Groups)
        {
            if (!budgets.TryGetValue(group.Name, out var budget)) return new(ManifestRule.Groups, $"invalid manifest: unknown deployment group ('{group.Name}')");
            foreach (var service in group.Services)
            {
                if (budget.Take(service) is { } problem) return Refuse(group.Name, $"service {GoText.Quote(service.Name)}: {problem}");
            }
        }

        foreach (var group in groups)
        {
            if (budgets[group.Name].Leftover() is { } problem) return Refuse(group.Name, problem);
        }

        return null;
    }

    private static ManifestRefusal Refuse(string group, string problem) =>
        new(ManifestRule.Groups, $"manifest cross-validation error: group {GoText.Quote(group)}: {problem}");
}
