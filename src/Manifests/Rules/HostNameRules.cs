using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Which host names a provider lets tenants have.</summary>
/// <param name="GeneratesNames">Each ingress service gets a name of the provider's own; without, the tenant must bring one.</param>
/// <param name="Blocked">Names that nobody gets. One with a leading dot blocks that domain and everything below it.</param>
public sealed record HostNamePolicy(bool GeneratesNames, ValueList<string> Blocked);

/// <summary>The host names that a lease here claims. Pure.</summary>
public static class HostNameRules
{
    /// <summary>The first broken rule; null when there is none.</summary>
    /// <param name="group">A group that is leased here.</param>
    /// <param name="owner">Its tenant.</param>
    /// <param name="policy">This provider's policy.</param>
    /// <param name="holder">Who holds a name (lower case) now; null when nobody does. A name of the same owner is no conflict.</param>
    public static ManifestRefusal? Check(ManifestGroup group, AccountAddress owner, HostNamePolicy policy, Func<string, AccountAddress?> holder)
    {
        foreach (var service in group.Services)
        {
            foreach (var expose in service.Expose ?? [])
            {
                if (!policy.GeneratesNames && expose.IsIngress && expose.Hosts is not { Count: > 0 })
                {
                    return Refuse($"manifest rejected: service {GoText.Quote(service.Name)} exposed on {expose.PublishedPort}:{expose.Proto} must have a hostname");
                }
            }
        }

        foreach (var service in group.Services)
        {
            foreach (var expose in service.Expose ?? [])
            {
                foreach (var host in expose.Hosts ?? [])
                {
                    if (CheckName(host.ToLowerInvariant(), owner, policy, holder) is { } refusal) return refusal;
                }
            }
        }

        return null;
    }

    private static ManifestRefusal? CheckName(string host, AccountAddress owner, HostNamePolicy policy, Func<string, AccountAddress?> holder)
    {
        foreach (var blocked in policy.Blocked)
        {
            if (!blocked.StartsWith('.'))
            {
                if (string.Equals(host, blocked, StringComparison.OrdinalIgnoreCase)) return Refuse($"hostname not allowed: {GoText.Quote(host)} is blocked by this provider");
            }
            else if (host.EndsWith(blocked, StringComparison.OrdinalIgnoreCase) || host.AsSpan().Equals(blocked.AsSpan(1), StringComparison.OrdinalIgnoreCase))
            {
                return Refuse($"hostname not allowed: domain {GoText.Quote(host)} is blocked by this provider");
            }
        }

        return holder(host) is { } other && other != owner ? Refuse($"hostname not allowed: host {GoText.Quote(host)} in use") : null;
    }

    private static ManifestRefusal Refuse(string message) => new(ManifestRule.HostNames, message);
}
