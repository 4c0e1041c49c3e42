using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>The engine's states of a container, as far as planning needs to tell them apart.</summary>
public enum ContainerCondition
{
    /// <summary>Made but never started, or its start failed.</summary>
    Created,
    Running,
    Paused,

    /// <summary>Ended.</summary>
    Exited,

    /// <summary>The engine tried to remove it and could not: it never runs again, but holds its name.</summary>
    Dead,

    /// <summary>The engine is removing it.</summary>
    Removing,

    /// <summary>We are starting it; until that is done the engine does not answer about it.</summary>
    Starting,

    /// <summary>The engine lists it, but does not answer about it: usually its runtime hangs. Nothing can be done with it, and its name, ports and devices are taken.</summary>
    Stuck,
}

/// <summary>A container of ours as the engine shows it.</summary>
public sealed record ActualContainer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Service { get; init; }

    public required int Replica { get; init; }

    /// <summary>The spec hash it was made from; empty when the label is missing.</summary>
    public required string SpecHash { get; init; }

    public required ContainerCondition Condition { get; init; }

    /// <summary>Main process on this host; 0 when not running.</summary>
    public int Pid { get; init; }

    /// <summary>Where it is in its lease's network; null when it is not running.</summary>
    public ContainerNetwork? Network { get; init; }

    /// <summary>Ports of this host that lead to it, alone or in turn with other replicas.</summary>
    public ValueList<PortAlias> HostPorts { get; init; }

    /// <summary>Ports under which its siblings reach it although it listens on others.</summary>
    public ValueList<PortAlias> Aliases { get; init; }

    /// <summary>Where it listens for what comes by host name, in the order of the manifest that it was made from; empty when that is not known.</summary>
    public ValueList<int> WebPorts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int ExitCode { get; init; }

    /// <summary>A process in it was ended for lack of memory, at least once.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>By its image's own check; null when it has none, or does not run.</summary>
    public ContainerHealth? Health { get; init; }

    /// <summary>It runs, and its image's own check, where there is one, has passed.</summary>
    public bool IsReady => Condition == ContainerCondition.Running && Health is null or { Status: HealthVerdict.Healthy };

    /// <summary>UUIDs of the GPUs that it was given.</summary>
    public ValueList<string> Gpus { get; init; }

    /// <summary>Key of the file system that its layer lies on; empty without one of its own.</summary>
    public string Layer { get; init; } = "";

    /// <summary>The engine's word on a failed start; empty otherwise.</summary>
    public string Error { get; init; } = "";
}

/// <summary>Everything that the engine holds for one lease.</summary>
/// <param name="Lease">From the labels.</param>
/// <param name="Containers">In any state.</param>
/// <param name="Networks">Engine ids of its networks; normally one.</param>
/// <param name="Volumes">Names of its volumes.</param>
public sealed record ActualLease(LeaseId Lease, ValueList<ActualContainer> Containers, ValueList<string> Networks, ValueList<string> Volumes)
{
    public static ActualLease Nothing(LeaseId lease) => new(lease, [], [], []);

    public bool IsEmpty => Containers.Count == 0 && Networks.Count == 0 && Volumes.Count == 0;
}
