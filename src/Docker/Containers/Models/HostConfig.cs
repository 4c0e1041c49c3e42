using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>How a container is tied to its host.</summary>
/// <remarks>
/// The engine ignores members that it does not know, so a setting counts only once an inspect shows it. Host paths by <c>Binds</c> are left
/// out on purpose: they create missing sources as root; <see cref="Mounts"/> refuse.
/// </remarks>
public sealed class HostConfig : Resources
{
    public LogConfig? LogConfig { get; set; }

    /// <summary>Name or id of a network, <c>none</c>, <c>host</c> or <c>container:id</c>.</summary>
    public string? NetworkMode { get; set; }

    /// <summary>Keys as <c>80/tcp</c>. An inspect gives null for a port that is not published.</summary>
    public IDictionary<string, IList<PortBinding>?>? PortBindings { get; set; }

    public RestartPolicy? RestartPolicy { get; set; }

    public bool AutoRemove { get; set; }

    public IDictionary<string, string>? Annotations { get; set; }

    public IList<string>? CapAdd { get; set; }

    public IList<string>? CapDrop { get; set; }

    /// <summary><c>private</c> or <c>host</c>.</summary>
    public string? CgroupnsMode { get; set; }

    [JsonPropertyName("Dns")]
    public IList<string>? DNS { get; set; }

    [JsonPropertyName("DnsOptions")]
    public IList<string>? DNSOptions { get; set; }

    [JsonPropertyName("DnsSearch")]
    public IList<string>? DNSSearch { get; set; }

    /// <summary>Entries as <c>name:address</c>.</summary>
    public IList<string>? ExtraHosts { get; set; }

    public IList<string>? GroupAdd { get; set; }

    /// <summary><c>private</c>, <c>shareable</c>, <c>none</c> (no /dev/shm) or <c>host</c>.</summary>
    public string? IpcMode { get; set; }

    /// <summary>-1000 to 1000.</summary>
    public long OomScoreAdj { get; set; }

    public string? PidMode { get; set; }

    public bool Privileged { get; set; }

    public bool PublishAllPorts { get; set; }

    public bool ReadonlyRootfs { get; set; }

    /// <summary><c>no-new-privileges:true</c>, <c>seccomp=</c> and the profile's JSON itself, not a path.</summary>
    public IList<string>? SecurityOpt { get; set; }

    /// <summary><c>size</c>, where the storage driver has quotas; else the create fails with 500.</summary>
    public IDictionary<string, string>? StorageOpt { get; set; }

    /// <summary>Path to options as <c>size=1m,noexec</c>.</summary>
    public IDictionary<string, string>? Tmpfs { get; set; }

    public string? UTSMode { get; set; }

    public string? UsernsMode { get; set; }

    /// <summary>Size of /dev/shm in bytes; counts as the container's memory. Zero for the engine's default of 64 MiB.</summary>
    public long ShmSize { get; set; }

    public IDictionary<string, string>? Sysctls { get; set; }

    /// <summary>Name of an OCI runtime that the engine knows; null for its default.</summary>
    public string? Runtime { get; set; }

    public IList<Mount>? Mounts { get; set; }

    public IList<string>? MaskedPaths { get; set; }

    public IList<string>? ReadonlyPaths { get; set; }

    /// <summary>Run a small init as process 1 that reaps and forwards signals.</summary>
    public bool? Init { get; set; }
}

/// <summary>Where a container's output is kept.</summary>
public sealed class LogConfig
{
    /// <summary><c>json-file</c>, <c>local</c>, <c>none</c> …; logs can be read back from the first two.</summary>
    public string? Type { get; set; }

    /// <summary><c>max-size</c> and <c>max-file</c> are mandatory for tenants: logs lie on the host, outside every other limit.</summary>
    public IDictionary<string, string>? Config { get; set; }
}

/// <summary>A port of the host that leads into a container.</summary>
public sealed class PortBinding
{
    [JsonPropertyName("HostIp")]
    public string? HostIP { get; set; }

    /// <summary>Decimal text; empty lets the engine pick one.</summary>
    public string? HostPort { get; set; }
}

/// <summary>What the engine does on its own when a container ends.</summary>
public sealed class RestartPolicy
{
    public RestartPolicyKind Name { get; set; }

    /// <summary>For <see cref="RestartPolicyKind.OnFailure"/>; zero for no limit.</summary>
    public long MaximumRetryCount { get; set; }
}

[JsonConverter(typeof(RestartPolicyKindConverter))]
public enum RestartPolicyKind
{
    /// <summary>Not said; the same as <see cref="No"/>.</summary>
    Undefined,
    No,
    Always,
    OnFailure,
    UnlessStopped,
}
