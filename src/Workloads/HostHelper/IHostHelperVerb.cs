namespace ProviderAgent.Workloads;

/// <summary>One privileged act. Its arguments come from a daemon that may have been taken over, so each is checked here.</summary>
public interface IHostHelperVerb
{
    /// <summary>As in <see cref="HostHelperRequest.Verb"/>.</summary>
    string Name { get; }

    /// <summary>Does it. Doing it twice ends where doing it once ends. Two requests may run at the same time.</summary>
    /// <exception cref="HostHelperException">It was refused or failed.</exception>
    Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct);
}
