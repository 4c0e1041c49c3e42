using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>Limits of a container. In a create zero means unlimited, in an update zero means unchanged.</summary>
public class Resources
{
    /// <summary>Relative weight; 1024 is normal.</summary>
    [JsonPropertyName("CpuShares")]
    public long CPUShares { get; set; }

    /// <summary>Bytes, at least 6 MiB.</summary>
    public long Memory { get; set; }

    /// <summary>Memory plus swap in bytes; equal to <see cref="Memory"/> for no swap at all.</summary>
    public long MemorySwap { get; set; }

    /// <summary>Bytes; a soft limit.</summary>
    public long MemoryReservation { get; set; }

    /// <summary>Billionths of a CPU; at most the host's CPUs.</summary>
    [JsonPropertyName("NanoCpus")]
    public long NanoCPUs { get; set; }

    /// <summary>Microseconds. Exclusive with <see cref="NanoCPUs"/>.</summary>
    [JsonPropertyName("CpuPeriod")]
    public long CPUPeriod { get; set; }

    /// <summary>Microseconds per period. Exclusive with <see cref="NanoCPUs"/>.</summary>
    [JsonPropertyName("CpuQuota")]
    public long CPUQuota { get; set; }

    /// <summary>List as <c>0-3,8</c>.</summary>
    public string? CpusetCpus { get; set; }

    public string? CpusetMems { get; set; }

    public string? CgroupParent { get; set; }

    /// <summary>10 to 1000; zero for none.</summary>
    public int BlkioWeight { get; set; }

    public IList<DeviceMapping>? Devices { get; set; }

    /// <summary>Exactly one element: of two, the last wins silently.</summary>
    public IList<DeviceRequest>? DeviceRequests { get; set; }

    public bool? OomKillDisable { get; set; }

    /// <summary>Processes and threads.</summary>
    public long? PidsLimit { get; set; }

    public IList<Ulimit>? Ulimits { get; set; }
}

/// <summary>A device node of the host in the container.</summary>
public sealed class DeviceMapping
{
    public string? PathOnHost { get; set; }

    public string? PathInContainer { get; set; }

    /// <summary>Any of <c>r</c>, <c>w</c>, <c>m</c>.</summary>
    public string? CgroupPermissions { get; set; }
}

/// <summary>Devices that a driver of the engine hands out, as GPUs.</summary>
public sealed class DeviceRequest
{
    /// <summary><c>nvidia</c>, or <c>cdi</c> on engines that have it.</summary>
    public string? Driver { get; set; }

    /// <summary>-1 for all. Not together with <see cref="DeviceIDs"/>, and useless for leasing: always the first ones.</summary>
    public long Count { get; set; }

    public IList<string>? DeviceIDs { get; set; }

    /// <summary>Alternatives of sets; <c>[["gpu"]]</c> at least.</summary>
    public IList<IList<string>>? Capabilities { get; set; }

    public IDictionary<string, string>? Options { get; set; }
}

/// <summary>A limit per process, as <c>nofile</c>.</summary>
public sealed class Ulimit
{
    public string Name { get; set; } = "";

    public long Hard { get; set; }

    public long Soft { get; set; }
}
