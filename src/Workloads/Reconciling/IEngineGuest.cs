using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Somebody who has to know an engine before anything is run on it.</summary>
public interface IEngineGuest
{
    /// <summary>The engine is there, for the first time or again. Must not throw for what is wrong with it.</summary>
    Task JoinedAsync(SystemInfoResponse info, CancellationToken ct);
}
