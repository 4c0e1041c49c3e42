using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Moves tenants' host names between their leases here.</summary>
public interface IHostNameDesk
{
    /// <summary>Moves host names to another lease of the same owner, whose manifest must name them.</summary>
    /// <exception cref="BackendUnavailableException">The move could not be kept; nothing has moved.</exception>
    Task<HostNameMigration> MigrateAsync(GroupId destination, IReadOnlyList<string> hosts, CancellationToken ct);
}

/// <summary>What came of a move.</summary>
public abstract record HostNameMigration
{
    private HostNameMigration()
    {
    }

    /// <summary>All of them lead to the destination.</summary>
    public sealed record Moved : HostNameMigration;

    /// <summary>The owner has no running lease with a manifest there.</summary>
    public sealed record NoDestination : HostNameMigration;

    /// <summary>The destination's manifest does not name this one.</summary>
    public sealed record NotNamed(string Host) : HostNameMigration;

    /// <summary>Another owner has this one.</summary>
    public sealed record Taken(string Host) : HostNameMigration;
}
