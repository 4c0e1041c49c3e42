using System.Globalization;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Writes a <see cref="ContainerSpec"/> as the engine wants it, with everything that keeps a tenant inside.</summary>
internal static class EngineContainer
{
    private const long NanoPerMilli = 1_000_000;
    private const int LongestHostName = 63; // one DNS label

    // What ordinary images need to run as root inside. Never NET_RAW, NET_ADMIN, MKNOD or SYS_*.
    private static readonly string[] Capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETUID", "SETGID", "KILL", "NET_BIND_SERVICE"];

    /// <param name="lease">The lease.</param>
    /// <param name="manifest">Hash of the manifest that it comes from; a label only.</param>
    /// <param name="spec">What must run.</param>
    /// <param name="image">The image by content, so that a tag that moves meanwhile changes nothing.</param>
    /// <param name="options">Limits that are the same for all tenants.</param>
    /// <param name="layer">What keeps it to its disk space.</param>
    /// <param name="gpuRoute">How this engine hands out GPUs.</param>
    /// <param name="health">In place of the image's own health check; null for that one.</param>
    public static CreateContainerParameters Parameters(LeaseId lease, ManifestHash manifest, ContainerSpec spec, UsableImage image, WorkloadOptions options, LayerPlan layer, GpuRoute gpuRoute, HealthConfig? health)
    {
        var network = WorkloadNames.Network(lease);
        var labels = WorkloadNames.Labels(lease);
        labels[WorkloadNames.GroupLabel] = lease.Group.ToString();
        labels[WorkloadNames.ServiceLabel] = spec.Service;
        labels[WorkloadNames.ReplicaLabel] = spec.Replica.ToString(CultureInfo.InvariantCulture);
        labels[WorkloadNames.ManifestLabel] = manifest.Hex;
        labels[WorkloadNames.SpecLabel] = spec.Hash();
        labels[WorkloadNames.ImageLabel] = spec.Image;
        labels[WorkloadNames.DigestLabel] = image.Digest;
        ValueList<PortMapping> ports = [.. spec.Ports, .. spec.SharedPorts];
        if (ports.Count > 0) labels[WorkloadNames.PortsLabel] = PortAlias.Join(ports.Select(port => new PortAlias(port.HostPort, port.ContainerPort, port.Protocol)));
        if (spec.Aliases.Count > 0) labels[WorkloadNames.AliasesLabel] = PortAlias.Join(spec.Aliases);
        if (spec.WebPorts.Count > 0) labels[WorkloadNames.WebPortsLabel] = string.Join(',', spec.WebPorts.Select(port => port.ToString(CultureInfo.InvariantCulture)));
        if (spec.Gpus.Count > 0) labels[WorkloadNames.GpuLabel] = string.Join(',', spec.Gpus);
        LayerLabels.Write(layer, labels);
        return new()
        {
            Name = WorkloadNames.Container(lease, spec.Service, spec.Replica),
            Image = image.Id,
            Hostname = HostName(spec),
            Entrypoint = spec.Command.Count > 0 ? [.. spec.Command] : null,
            Cmd = spec.Arguments.Count > 0 ? [.. spec.Arguments] : null,
            Healthcheck = health,
            Env = [.. spec.Environment, .. GpuRequests.Environment(spec.Gpus, gpuRoute)],
            Labels = labels,
            ExposedPorts = ports.Count > 0 ? ports.Select(Port).Distinct().ToDictionary(port => port, _ => new EmptyStruct()) : null,
            HostConfig = Host(spec, network, options, layer, gpuRoute),
            NetworkingConfig = new() { EndpointsConfig = new Dictionary<string, EndpointSettings> { [network] = new() { Aliases = [spec.Service] } } },
        };
    }

    private static HostConfig Host(ContainerSpec spec, string network, WorkloadOptions options, LayerPlan layer, GpuRoute gpuRoute) => new()
    {
        NetworkMode = network,
        NanoCPUs = spec.Cpu.Value * NanoPerMilli,
        Memory = spec.Memory.Bytes,
        MemorySwap = spec.Memory.Bytes, // equal to memory means no swap at all
        StorageOpt = layer.StorageOpt,
        PidsLimit = options.PidsLimit,
        CapDrop = ["ALL"],
        CapAdd = [.. Capabilities],
        SecurityOpt = ["no-new-privileges:true", "seccomp=" + SeccompProfile.Json],
        Runtime = options.Runtime,
        DeviceRequests = GpuRequests.For(spec.Gpus, gpuRoute),
        Init = true, // reaps what the tenant's process leaves behind
        Ulimits = [OpenFiles(options.OpenFiles), new() { Name = "core", Soft = 0, Hard = 0 }],
        LogConfig = new()
        {
            Type = "json-file",
            Config = new Dictionary<string, string>
            {
                ["max-size"] = options.Logs.MaxSize.Bytes.ToString(CultureInfo.InvariantCulture),
                ["max-file"] = options.Logs.MaxFiles.ToString(CultureInfo.InvariantCulture),
            },
        },
        RestartPolicy = new() { Name = RestartPolicyKind.No }, // the engine must not restart what nobody pays for
        DNS = options.Network.Dns.Count > 0 ? [.. options.Network.Dns] : null,
        PortBindings = Bindings(spec, options.PortsAddress),
        Mounts = Mounts(spec, layer),
    };

    private static Dictionary<string, IList<PortBinding>?>? Bindings(ContainerSpec spec, string address)
    {
        // The engine lets traffic through only to ports that it has published itself: a shared one is, where nobody but this host could use it.
        var bindings = spec.Ports.Select(port => (Port: Port(port), Binding: new PortBinding { HostIP = address, HostPort = port.HostPort.ToString(CultureInfo.InvariantCulture) }))
            .Concat(spec.SharedPorts.DistinctBy(Port).Select(port => (Port: Port(port), Binding: new PortBinding { HostIP = "127.0.0.1", HostPort = "" })))
            .GroupBy(port => port.Port, port => port.Binding)
            .ToDictionary(group => group.Key, group => (IList<PortBinding>?)[.. group]);
        return bindings.Count > 0 ? bindings : null;
    }

    private static Ulimit OpenFiles(int wanted)
    {
        var files = Math.Min(wanted, HostLimits.OpenFiles);
        return new() { Name = "nofile", Soft = files, Hard = files };
    }

    private static List<Mount> Mounts(ContainerSpec spec, LayerPlan layer) =>
    [
        .. spec.MemoryMounts.Select(mount => new Mount { Type = "tmpfs", Target = mount.Path, ReadOnly = mount.ReadOnly, TmpfsOptions = new() { SizeBytes = mount.Size.Bytes, Mode = 0x3FF } }), // rwxrwxrwt
        // What the image has at the path is copied into a volume that is still empty, so that programs that are not root find their folder writable.
        .. spec.Volumes.Select(volume => new Mount { Type = "volume", Source = volume.Source, Target = volume.Path, ReadOnly = volume.ReadOnly }),
        .. layer.Mounts,
    ];

    private static string HostName(ContainerSpec spec)
    {
        var name = WorkloadNames.Instance(spec.Service, spec.Replica);
        return name.Length <= LongestHostName ? name : name[^LongestHostName..].TrimStart('-');
    }

    private static string Port(PortMapping port) => string.Create(CultureInfo.InvariantCulture, $"{port.ContainerPort}/{(port.Protocol == PortProtocol.Udp ? "udp" : "tcp")}");
}
