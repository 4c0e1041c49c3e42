using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>What the engine can do on this host. Limits whose flag is false are dropped with a mere warning.</summary>
public sealed class SystemInfoResponse
{
    /// <summary>Identity of the engine's data; changes when its data directory is made anew.</summary>
    [JsonRequired]
    public string ID { get; set; } = "";

    public string Name { get; set; } = "";

    public string ServerVersion { get; set; } = "";

    public long Containers { get; set; }

    public long ContainersRunning { get; set; }

    public long ContainersPaused { get; set; }

    public long ContainersStopped { get; set; }

    public long Images { get; set; }

    /// <summary>Storage driver, as <c>overlay2</c>.</summary>
    public string Driver { get; set; } = "";

    /// <summary>Pairs of name and value, as <c>Backing Filesystem</c>, <c>extfs</c>.</summary>
    public IList<string[]> DriverStatus { get; set; } = [];

    /// <summary>True: memory limits are enforced.</summary>
    [JsonRequired]
    public bool MemoryLimit { get; set; }

    /// <summary>True: swap limits are enforced.</summary>
    [JsonRequired]
    public bool SwapLimit { get; set; }

    [JsonPropertyName("CpuCfsPeriod")]
    public bool CPUCfsPeriod { get; set; }

    /// <summary>True: CPU limits are enforced.</summary>
    [JsonRequired]
    [JsonPropertyName("CpuCfsQuota")]
    public bool CPUCfsQuota { get; set; }

    public bool CPUShares { get; set; }

    public bool CPUSet { get; set; }

    /// <summary>True: process limits are enforced.</summary>
    [JsonRequired]
    public bool PidsLimit { get; set; }

    public bool OomKillDisable { get; set; }

    public bool IPv4Forwarding { get; set; }

    public string LoggingDriver { get; set; } = "";

    /// <summary><c>cgroupfs</c> or <c>systemd</c>.</summary>
    public string CgroupDriver { get; set; } = "";

    /// <summary><c>1</c> or <c>2</c>.</summary>
    public string CgroupVersion { get; set; } = "";

    public string KernelVersion { get; set; } = "";

    public string OperatingSystem { get; set; } = "";

    public string OSType { get; set; } = "";

    /// <summary>As <c>x86_64</c>.</summary>
    public string Architecture { get; set; } = "";

    public int NCPU { get; set; }

    /// <summary>Bytes.</summary>
    public long MemTotal { get; set; }

    /// <summary>Where images, layers, volumes and logs lie.</summary>
    public string DockerRootDir { get; set; } = "";

    /// <summary>OCI runtimes by name.</summary>
    public IDictionary<string, Runtime> Runtimes { get; set; } = new Dictionary<string, Runtime>();

    public string DefaultRuntime { get; set; } = "";

    public SwarmInfo Swarm { get; set; } = new();

    /// <summary>True: containers outlive a restart of the engine.</summary>
    public bool LiveRestoreEnabled { get; set; }

    public string InitBinary { get; set; } = "";

    /// <summary>As <c>name=seccomp,profile=default</c>, <c>name=apparmor</c>, <c>name=userns</c>.</summary>
    public IList<string> SecurityOptions { get; set; } = [];

    /// <summary>Directories of CDI descriptions; empty when the engine has no CDI.</summary>
    public IList<string> CDISpecDirs { get; set; } = [];

    /// <summary>Devices that drivers of the engine have found; empty on engines that do not tell.</summary>
    public IList<DiscoveredDevice> DiscoveredDevices { get; set; } = [];

    /// <summary>For a person to read: limits that do not work, insecure settings.</summary>
    public IList<string> Warnings { get; set; } = [];
}

/// <summary>An OCI runtime.</summary>
public sealed class Runtime
{
    [JsonPropertyName("path")]
    public string Path { get; set; } = "";

    [JsonPropertyName("runtimeArgs")]
    public IList<string> Args { get; set; } = [];
}

/// <summary>A device that a driver of the engine can hand out.</summary>
public sealed class DiscoveredDevice
{
    /// <summary>The driver, as <c>cdi</c>.</summary>
    public string Source { get; set; } = "";

    /// <summary>As <c>nvidia.com/gpu=0</c>.</summary>
    public string ID { get; set; } = "";
}

/// <summary>The engine's part in a swarm.</summary>
public sealed class SwarmInfo
{
    public string NodeID { get; set; } = "";

    public string NodeAddr { get; set; } = "";

    /// <summary><c>inactive</c>, <c>pending</c>, <c>active</c>, <c>error</c> or <c>locked</c>.</summary>
    public string LocalNodeState { get; set; } = "";

    /// <summary>True on a manager.</summary>
    public bool ControlAvailable { get; set; }
}
