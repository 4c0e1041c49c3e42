using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>Everything about one container.</summary>
public sealed class ContainerInspectResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    public DateTime Created { get; set; }

    public string Path { get; set; } = "";

    public IList<string> Args { get; set; } = [];

    [JsonRequired]
    public ContainerState State { get; set; } = new();

    /// <summary>Id of the image; the reference it was created from is in <see cref="Config"/>.</summary>
    public string Image { get; set; } = "";

    /// <summary>File of the log on the host; empty for drivers without one.</summary>
    public string LogPath { get; set; } = "";

    /// <summary>With a leading slash.</summary>
    public string Name { get; set; } = "";

    public long RestartCount { get; set; }

    public string Driver { get; set; } = "";

    public string Platform { get; set; } = "";

    public string AppArmorProfile { get; set; } = "";

    /// <summary>Running exec sessions.</summary>
    public IList<string> ExecIDs { get; set; } = [];

    [JsonRequired]
    public HostConfig HostConfig { get; set; } = new();

    public GraphDriverData? GraphDriver { get; set; }

    /// <summary>Bytes of the writable layer; null unless asked for.</summary>
    public long? SizeRw { get; set; }

    /// <summary>Bytes of all layers; null unless asked for.</summary>
    public long? SizeRootFs { get; set; }

    public IList<MountPoint> Mounts { get; set; } = [];

    [JsonRequired]
    public Config Config { get; set; } = new();

    public NetworkSettings NetworkSettings { get; set; } = new();
}

/// <summary>What a container is doing.</summary>
public sealed class ContainerState
{
    /// <summary><c>created</c>, <c>running</c>, <c>paused</c>, <c>restarting</c>, <c>removing</c>, <c>exited</c> or <c>dead</c>.</summary>
    [JsonRequired]
    public string Status { get; set; } = "";

    public bool Running { get; set; }

    public bool Paused { get; set; }

    public bool Restarting { get; set; }

    /// <summary>An OOM kill happened in the container; its main process may have survived it.</summary>
    public bool OOMKilled { get; set; }

    public bool Dead { get; set; }

    /// <summary>Process id on the host; 0 when not running.</summary>
    public long Pid { get; set; }

    /// <summary>Of the last run. 137 may also mean: died while the engine was away.</summary>
    public long ExitCode { get; set; }

    /// <summary>Why the last start failed.</summary>
    public string Error { get; set; } = "";

    /// <summary>Time with nanoseconds, see <see cref="EngineTime"/>; the year 1 when never started. With the id it names one run.</summary>
    public string StartedAt { get; set; } = "";

    /// <summary>Time with nanoseconds; the year 1 when never ended.</summary>
    public string FinishedAt { get; set; } = "";

    public Health? Health { get; set; }
}

/// <summary>Result of the engine's probes.</summary>
public sealed class Health
{
    /// <summary><c>starting</c>, <c>healthy</c>, <c>unhealthy</c> or <c>none</c>.</summary>
    public string Status { get; set; } = "";

    public long FailingStreak { get; set; }

    /// <summary>The latest probes, the oldest first; the engine keeps five.</summary>
    public IList<HealthcheckResult>? Log { get; set; }
}

/// <summary>One probe.</summary>
public sealed class HealthcheckResult
{
    /// <summary>When it began, as the engine writes it; tells one from the next.</summary>
    public string? Start { get; set; }

    /// <summary>0 healthy, 1 unhealthy, others as 1.</summary>
    public long ExitCode { get; set; }

    /// <summary>What it printed, cut to 4 KiB by the engine. Written by the tenant.</summary>
    public string? Output { get; set; }
}

/// <summary>Where the storage driver keeps a layer.</summary>
public sealed class GraphDriverData
{
    public string Name { get; set; } = "";

    /// <summary>overlay2: <c>LowerDir</c>, <c>MergedDir</c>, <c>UpperDir</c>, <c>WorkDir</c>.</summary>
    public IDictionary<string, string> Data { get; set; } = new Dictionary<string, string>();
}
