using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Reads what the engine holds for this provider's leases. Everything is found by its labels.</summary>
internal sealed partial class EngineReader(IDockerClient engine, IMarketplace market, ILogger<EngineReader> log)
{
    // A running container does not change without an event, so one inspect lasts until the next event about it.
    private readonly ConcurrentDictionary<string, ActualContainer> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _reported = new(StringComparer.Ordinal);

    // Whatever we make carries all of them; somebody who copies a label by hand copies one or two.
    private static readonly string[] Required =
        [WorkloadNames.SchemaLabel, WorkloadNames.GroupLabel, WorkloadNames.ManifestLabel, WorkloadNames.SpecLabel];

    /// <summary>Engine ids of what carries our label and is not ours. It is left alone.</summary>
    public IReadOnlyCollection<string> Foreign { get; private set; } = [];

    /// <summary>All leases that the engine holds anything for.</summary>
    /// <exception cref="EngineException">The engine did not answer in full: nothing is known.</exception>
    public async Task<IReadOnlyDictionary<LeaseId, ActualLease>> ReadAsync(CancellationToken ct)
    {
        // Side by side: a tenant waits for this between its manifest and its containers.
        var listedContainers = engine.Containers.ListContainersAsync(new() { All = true, Filters = Ours() }, ct);
        var listedNetworks = engine.Networks.ListNetworksAsync(new() { Filters = Ours() }, ct);
        var listedVolumes = engine.Volumes.ListAsync(new VolumesListParameters { Filters = Ours() }, ct);
        await Task.WhenAll(listedContainers, listedNetworks, listedVolumes);
        var (containers, networks, volumes) = (await listedContainers, await listedNetworks, await listedVolumes);

        var foreign = new HashSet<string>(StringComparer.Ordinal);
        var found = new Dictionary<LeaseId, (List<ActualContainer> Containers, List<string> Networks, List<string> Volumes)>();
        foreach (var container in containers)
        {
            if (Lease(container.Labels, container.ID, foreign) is { } lease && await ContainerAsync(container, foreign, ct) is { } actual) Of(lease).Containers.Add(actual);
        }

        foreach (var network in networks)
        {
            if (Lease(network.Labels, network.ID, foreign) is { } lease) Of(lease).Networks.Add(network.ID);
        }

        foreach (var volume in volumes.Volumes)
        {
            if (Lease(volume.Labels, volume.Name, foreign) is { } lease) Of(lease).Volumes.Add(volume.Name);
        }

        Foreign = [.. foreign];
        foreach (var reported in _reported.Keys.Except(foreign)) _reported.TryRemove(reported, out _);
        foreach (var gone in _running.Keys.Except(containers.Select(container => container.ID))) _running.TryRemove(gone, out _);
        return found.ToDictionary(
            entry => entry.Key,
            entry => new ActualLease(
                entry.Key,
                entry.Value.Containers.OrderBy(container => container.Service, StringComparer.Ordinal).ThenBy(container => container.Replica).ToValueList(),
                [.. entry.Value.Networks],
                [.. entry.Value.Volumes]));

        (List<ActualContainer> Containers, List<string> Networks, List<string> Volumes) Of(LeaseId lease)
        {
            if (!found.TryGetValue(lease, out var entry)) found[lease] = entry = ([], [], []);
            return entry;
        }
    }

    /// <summary>Something happened to the container: what was read of it is out of date.</summary>
    public void Forget(string containerId) => _running.TryRemove(containerId, out _);

    /// <summary>What was read may be out of date as a whole, for example after the engine was away.</summary>
    public void ForgetAll() => _running.Clear();

    private Dictionary<string, IDictionary<string, bool>> Ours() => new(StringComparer.Ordinal)
    {
        ["label"] = new Dictionary<string, bool> { [$"{WorkloadNames.ProviderLabel}={market.Account}"] = true },
    };

    private async Task<ActualContainer?> ContainerAsync(ContainerListResponse listed, HashSet<string> foreign, CancellationToken ct)
    {
        if (listed.State == "running" && _running.TryGetValue(listed.ID, out var known)) return known;
        ContainerInspectResponse container;
        try
        {
            container = await engine.Containers.InspectContainerAsync(listed.ID, ct);
        }
        catch (DockerContainerNotFoundException)
        {
            return null; // removed since the list was made
        }

        var labels = container.Config.Labels ?? listed.Labels;
        if (Required.FirstOrDefault(label => !labels.ContainsKey(label)) is { } missing)
        {
            Report(foreign, listed.ID, $"lacks {missing}: this daemon did not make it");
            return null;
        }

        if (!labels.TryGetValue(WorkloadNames.ServiceLabel, out var service)
            || !labels.TryGetValue(WorkloadNames.ReplicaLabel, out var text)
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var replica))
        {
            Report(foreign, listed.ID, "its labels name no service and replica");
            return null;
        }

        var actual = new ActualContainer
        {
            Id = container.ID,
            Name = container.Name.TrimStart('/'),
            Service = service,
            Replica = replica,
            SpecHash = labels.TryGetValue(WorkloadNames.SpecLabel, out var hash) ? hash : "",
            Gpus = labels.TryGetValue(WorkloadNames.GpuLabel, out var gpus) ? gpus.Split(',', StringSplitOptions.RemoveEmptyEntries).ToValueList() : [],
            Layer = LayerLabels.Read(labels)?.Key ?? "",
            Condition = Condition(container.State),
            Pid = container.State.Running ? (int)container.State.Pid : 0,
            StartedAt = Moment(container.State.StartedAt),
            FinishedAt = Moment(container.State.FinishedAt),
            ExitCode = (int)container.State.ExitCode,
            OutOfMemory = container.State.OOMKilled,
            Error = container.State.Error,
        };
        if (actual.Condition == ContainerCondition.Running) _running[actual.Id] = actual;
        return actual;
    }

    private LeaseId? Lease(IDictionary<string, string>? labels, string what, HashSet<string> foreign)
    {
        if (labels is not null && labels.TryGetValue(WorkloadNames.LeaseLabel, out var text) && LeaseId.TryParse(text, out var lease) && lease.Provider == market.Account) return lease;
        Report(foreign, what, "its labels name no lease of ours");
        return null;
    }

    private void Report(HashSet<string> foreign, string what, string why)
    {
        foreign.Add(what);
        if (_reported.TryAdd(what, true)) Log.Foreign(log, what, why);
    }

    private static ContainerCondition Condition(ContainerState state) => state.Status switch
    {
        "running" or "restarting" => ContainerCondition.Running,
        "paused" => ContainerCondition.Paused,
        "created" => ContainerCondition.Created,
        "removing" => ContainerCondition.Removing,
        _ => ContainerCondition.Exited,
    };

    // The engine writes year 1 for "never".
    private static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment.Year > 1 ? moment : null;

    private static partial class Log
    {
        [LoggerMessage(4020, LogLevel.Warning, "{What} carries our label but {Why}; it is left alone", EventName = "Foreign")]
        public static partial void Foreign(ILogger logger, string what, string why);
    }
}
