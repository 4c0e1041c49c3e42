using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>One replica of one service as it must run: everything that, when it changes, means a new container.</summary>
public sealed record ContainerSpec
{
    // Every look at the engine needs it of every spec, and a spec never changes. Beside the object, so that it is no part of its equality.
    private static readonly ConditionalWeakTable<ContainerSpec, string> Hashes = [];

    public required string Service { get; init; }

    /// <summary>From 0.</summary>
    public required int Replica { get; init; }

    /// <summary>Reference as the tenant wrote it; resolved to a digest before the container is made.</summary>
    public required string Image { get; init; }

    /// <summary>Replaces the image's entrypoint when not empty; the image's own arguments are then dropped too.</summary>
    public ValueList<string> Command { get; init; }

    /// <summary>Replaces the image's arguments when not empty.</summary>
    public ValueList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c>, sorted by name.</summary>
    public ValueList<string> Environment { get; init; }

    /// <summary>Hard limit of processor time.</summary>
    public required MilliCpu Cpu { get; init; }

    /// <summary>Hard limit of memory, memory-backed volumes included.</summary>
    public required ByteSize Memory { get; init; }

    /// <summary>Hard limit of the writable layer and the scratch folders together.</summary>
    public ByteSize Disk { get; init; }

    public ValueList<PortMapping> Ports { get; init; }

    /// <summary>Ports of this host that lead to it in turn with the service's first replica, which has them in <see cref="Ports"/>.</summary>
    public ValueList<PortMapping> SharedPorts { get; init; }

    /// <summary>Ports under which the lease's other services reach it, where they are not those that it listens on.</summary>
    public ValueList<PortAlias> Aliases { get; init; }

    /// <summary>Where it listens for what comes by host name. No part of the hash: the container is the same wherever names lead.</summary>
    [JsonIgnore]
    public ValueList<int> WebPorts { get; init; }

    public ValueList<MemoryMount> MemoryMounts { get; init; }

    /// <summary>Folders that live as long as the container.</summary>
    public ValueList<string> ScratchMounts { get; init; }

    /// <summary>Persistent volumes.</summary>
    public ValueList<VolumeMount> Volumes { get; init; }

    /// <summary>UUIDs of the devices that it gets, sorted.</summary>
    public ValueList<string> Gpus { get; init; }

    /// <summary>Hex SHA-256 of the above. Kept as a label: a container with another hash is not what is wanted.</summary>
    public string Hash() => Hashes.GetValue(this, static spec => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, SpecJson.Default.ContainerSpec))));
}

/// <summary>A container port that is reachable from outside.</summary>
/// <param name="ContainerPort">Where the service listens.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="HostPort">The port of this host, stable for the life of the lease.</param>
public sealed record PortMapping(int ContainerPort, PortProtocol Protocol, int HostPort);

public enum PortProtocol
{
    Tcp,
    Udp,
}

/// <summary>A memory-backed folder, for example a larger <c>/dev/shm</c>.</summary>
public sealed record MemoryMount(string Path, ByteSize Size, bool ReadOnly);

/// <summary>A persistent volume of a replica. It outlives its containers and ends with the lease.</summary>
/// <param name="Volume">The tenant's name for it.</param>
/// <param name="Source">The engine's name for it.</param>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Class">As leased: <c>beta2</c>.</param>
/// <param name="Size">As leased.</param>
/// <param name="ReadOnly">The replica may not write.</param>
public sealed record VolumeMount(string Volume, string Source, string Path, string Class, ByteSize Size, bool ReadOnly);

[JsonSourceGenerationOptions(WriteIndented = false)]
[JsonSerializable(typeof(ContainerSpec))]
internal sealed partial class SpecJson : JsonSerializerContext;
