using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Reads what the engine holds for this provider's leases. Everything is found by its labels.</summary>
internal sealed partial class EngineReader(IDockerClient engine, IMarketplace market, TimeProvider time, ILogger<EngineReader> log)
{
    /// <summary>Containers that are asked about at the same time.</summary>
    private const int SideBySide = 16;

    // An engine answers about a container within milliseconds, or not at all while its runtime hangs.
    private static readonly TimeSpan InspectDeadline = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(20);

    // One inspect of a running container lasts until the next event about it, or until the list shows that an event was missed.
    private readonly ConcurrentDictionary<string, (ActualContainer Container, string Run)> _running = new(StringComparer.Ordinal);

    // An event may come between the engine's answer and the moment when it is kept: such an answer serves the present look only.
    private readonly Lock _keeping = new();
    private readonly Dictionary<string, object> _asked = new(StringComparer.Ordinal);

    // One that the engine does not answer about must not hold up the look at all others.
    private readonly ConcurrentDictionary<string, long> _unanswered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _starting = new(StringComparer.Ordinal);
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

        using var places = new SemaphoreSlim(SideBySide);
        var inspected = await Task.WhenAll(containers.Select(container => InspectAsync(container, places, ct)));

        var foreign = new HashSet<string>(StringComparer.Ordinal);
        var found = new Dictionary<LeaseId, (List<ActualContainer> Containers, List<string> Networks, List<string> Volumes)>();
        foreach (var (listed, container) in containers.Zip(inspected))
        {
            if (container is not null && Lease(listed.Labels, listed.ID, foreign) is { } lease && Container(listed, container, foreign) is { } actual) Of(lease).Containers.Add(actual);
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
        foreach (var gone in Known().Except(containers.Select(container => container.ID))) Forget(gone);

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
    public void Forget(string containerId)
    {
        lock (_keeping)
        {
            _asked.Remove(containerId);
            _running.TryRemove(containerId, out _);
        }

        _unanswered.TryRemove(containerId, out _);
    }

    /// <summary>The engine is told to start it, and says nothing of it until that is done: it is not asked meanwhile.</summary>
    /// <returns>To be disposed of when the engine has answered, or will not.</returns>
    public IDisposable Starting(string containerId)
    {
        _starting[containerId] = true;
        return new StartingMark(this, containerId);
    }

    /// <summary>What was read may be out of date as a whole, for example after the engine was away.</summary>
    public void ForgetAll()
    {
        lock (_keeping)
        {
            _asked.Clear();
            _running.Clear();
        }

        _unanswered.Clear();
    }

    private string[] Known()
    {
        lock (_keeping) return [.. _running.Keys, .. _unanswered.Keys, .. _asked.Keys];
    }

    private object Asking(string containerId)
    {
        lock (_keeping) return _asked[containerId] = new();
    }

    /// <summary>Keeps what was read of a container, unless something has happened to it since the engine was asked.</summary>
    private void Keep(ActualContainer container, string run, object? asked)
    {
        lock (_keeping)
        {
            if (_asked.Remove(container.Id, out var latest) && latest == asked) _running[container.Id] = (container, run);
        }
    }

    private Dictionary<string, IDictionary<string, bool>> Ours() => new(StringComparer.Ordinal)
    {
        ["label"] = new Dictionary<string, bool> { [$"{WorkloadNames.ProviderLabel}={market.Account}"] = true },
    };

    /// <summary>What the engine says of one container.</summary>
    /// <returns>Null when it was removed since the list was made.</returns>
    private async Task<Inspected?> InspectAsync(ContainerListResponse listed, SemaphoreSlim places, CancellationToken ct)
    {
        if (listed.State == "running" && _running.TryGetValue(listed.ID, out var known) && known.Run == Run(listed)) return new(known.Container, null);
        if (_starting.ContainsKey(listed.ID)) return Inspected.Starting;
        if (_unanswered.TryGetValue(listed.ID, out var since) && time.GetElapsedTime(since) < AskAgainAfter) return Inspected.Unanswered;
        await places.WaitAsync(ct);
        using var deadline = new CancellationTokenSource(InspectDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var asked = Asking(listed.ID);
            var answer = await engine.Containers.InspectContainerAsync(listed.ID, either.Token);
            if (_unanswered.TryRemove(listed.ID, out _)) Log.AnswersAgain(log, Name(listed));
            return new(null, answer) { Asked = asked };
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            if (!_unanswered.ContainsKey(listed.ID)) Log.Unanswered(log, Name(listed), InspectDeadline.TotalSeconds, listed.ID);
            _unanswered[listed.ID] = time.GetTimestamp();
            return Inspected.Unanswered;
        }
        finally
        {
            places.Release();
        }
    }

    private ActualContainer? Container(ContainerListResponse listed, Inspected inspected, HashSet<string> foreign)
    {
        if (inspected.Known is { } known) return known;
        var labels = inspected.Answer?.Config.Labels ?? listed.Labels;
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
            Id = listed.ID,
            Name = Name(listed),
            Service = service,
            Replica = replica,
            SpecHash = labels.TryGetValue(WorkloadNames.SpecLabel, out var hash) ? hash : "",
            Gpus = labels.TryGetValue(WorkloadNames.GpuLabel, out var gpus) ? gpus.Split(',', StringSplitOptions.RemoveEmptyEntries).ToValueList() : [],
            Layer = LayerLabels.Read(labels)?.Key ?? "",
            HostPorts = PortAlias.Read(labels.TryGetValue(WorkloadNames.PortsLabel, out var ports) ? ports : null),
            Aliases = PortAlias.Read(labels.TryGetValue(WorkloadNames.AliasesLabel, out var aliases) ? aliases : null),
            WebPorts = WebPorts(labels),
            Condition = inspected == Inspected.Starting ? ContainerCondition.Starting : ContainerCondition.Stuck,
        };
        if (inspected.Answer is not { } container) return actual;
        actual = actual with
        {
            Name = container.Name.TrimStart('/'),
            Network = container.State.Running ? Network(container, labels) : null,
            Condition = Condition(container.State),
            Pid = container.State.Running ? (int)container.State.Pid : 0,
            StartedAt = Moment(container.State.StartedAt),
            FinishedAt = Moment(container.State.FinishedAt),
            ExitCode = (int)container.State.ExitCode,
            OutOfMemory = container.State.OOMKilled,
            Error = container.State.Error,
            Health = container.State.Running ? ContainerHealth.Read(container.State.Health) : null,
        };
        if (actual.Condition == ContainerCondition.Running) Keep(actual, Run(listed), inspected.Asked);
        return actual;
    }

    private LeaseId? Lease(IDictionary<string, string>? labels, string what, HashSet<string> foreign)
    {
        if (labels is not null && labels.TryGetValue(WorkloadNames.LeaseLabel, out var text) && LeaseId.TryParse(text, out var lease) && lease.Provider == market.Account) return lease;
        Report(foreign, what, "its labels name no lease of ours");
        return null;
    }

    private static ValueList<int> WebPorts(IDictionary<string, string> labels) => labels.TryGetValue(WorkloadNames.WebPortsLabel, out var text)
        ? text.Split(',').Select(port => ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(port => port > 0).ToValueList()
        : [];

    // Only the network that belongs to the lease: somebody may have connected the container to another by hand.
    private static ContainerNetwork? Network(ContainerInspectResponse container, IDictionary<string, string> labels) =>
        labels.TryGetValue(WorkloadNames.LeaseLabel, out var text)
        && LeaseId.TryParse(text, out var lease)
        && container.NetworkSettings.Networks.TryGetValue(WorkloadNames.Network(lease), out var endpoint)
        && endpoint.IPPrefixLen is > 0 and <= 32
        && IPAddress.TryParse(endpoint.IPAddress, out var address)
        && IPAddress.TryParse(endpoint.Gateway, out var gateway)
            ? new(address, SubnetPool.SubnetOf(address, endpoint.IPPrefixLen), gateway)
            : null;

    private void Report(HashSet<string> foreign, string what, string why)
    {
        foreign.Add(what);
        if (_reported.TryAdd(what, true)) Log.Foreign(log, what, why);
    }

    private static string Name(ContainerListResponse listed) => listed.Names.Count > 0 ? listed.Names[0].TrimStart('/') : listed.ID;

    /// <summary>Which run of a container the list shows, and under which name: the engine makes its place in each network anew at every start.</summary>
    private static string Run(ContainerListResponse listed) => string.Join(' ', listed.NetworkSettings.Networks.Values.Select(endpoint => endpoint.EndpointID).Prepend(Name(listed)));

    private static ContainerCondition Condition(ContainerState state) => state.Status switch
    {
        "running" or "restarting" => ContainerCondition.Running,
        "paused" => ContainerCondition.Paused,
        "created" => ContainerCondition.Created,
        "removing" => ContainerCondition.Removing,
        "dead" => ContainerCondition.Dead,
        _ => ContainerCondition.Exited,
    };

    // The engine writes year 1 for "never".
    private static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment.Year > 1 ? moment : null;

    /// <param name="known">What was read of it before and still holds.</param>
    /// <param name="answer">What was read now; both are null when the engine did not answer.</param>
    private sealed class Inspected(ActualContainer? known, ContainerInspectResponse? answer)
    {
        public ActualContainer? Known => known;

        public ContainerInspectResponse? Answer => answer;

        /// <summary>Stands for the question.</summary>
        public object? Asked { get; init; }

        public static Inspected Unanswered { get; } = new(null, null);

        public static Inspected Starting { get; } = new(null, null);
    }

    private sealed class StartingMark(EngineReader reader, string containerId) : IDisposable
    {
        public void Dispose()
        {
            reader._starting.TryRemove(containerId, out _);
            reader.Forget(containerId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4021, LogLevel.Error, "The engine does not answer about {Container} within {Seconds} s, although it answers about others: its runtime seems to hang. Find it with 'pgrep -af {Id}' and end it; everything else goes on", EventName = "Unanswered")]
        public static partial void Unanswered(ILogger logger, string container, double seconds, string id);

        [LoggerMessage(4022, LogLevel.Information, "The engine answers about {Container} again", EventName = "AnswersAgain")]
        public static partial void AnswersAgain(ILogger logger, string container);

        [LoggerMessage(4020, LogLevel.Warning, "{What} carries our label but {Why}; it is left alone", EventName = "Foreign")]
        public static partial void Foreign(ILogger logger, string what, string why);
    }
}
