using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Output of the containers of a lease.</summary>
public interface ILeaseLogs
{
    /// <summary>Opens the logs. Throws <see cref="BackendUnavailableException"/> when they cannot be reached, here or while reading.</summary>
    Task<LeaseLogs> OpenAsync(LogRequest request, CancellationToken ct);
}

/// <param name="Lease">One of this provider's leases, or not.</param>
/// <param name="Services">Only these; empty for all.</param>
/// <param name="Follow">Goes on with new lines instead of ending after the last one; ends when the lease does.</param>
/// <param name="Tail">At most so many of the latest lines of each instance; null for all that are kept.</param>
public sealed record LogRequest(LeaseId Lease, ValueList<string> Services, bool Follow, int? Tail);

public abstract record LeaseLogs
{
    private LeaseLogs()
    {
    }

    /// <summary>Not a lease of this provider.</summary>
    public sealed record UnknownLease : LeaseLogs;

    /// <summary>The lease has no service of this name.</summary>
    public sealed record UnknownService(string Name) : LeaseLogs;

    /// <summary>Nothing runs and nothing is kept.</summary>
    public sealed record NoInstances : LeaseLogs;

    /// <param name="Lines">Read at the pace of the tenant's connection: the source has to bound what it buffers. Disposed at the end.</param>
    public sealed record Opened(IAsyncEnumerable<LogLine> Lines) : LeaseLogs;
}

/// <param name="Instance">Service and replica, for example <c>web-0</c>.</param>
/// <param name="Text">One line without its end, of any length.</param>
public readonly record struct LogLine(string Instance, string Text);
