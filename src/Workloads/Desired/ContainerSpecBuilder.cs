using System.Text;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Turns one service of an accepted manifest into its containers. Pure.</summary>
internal static class ContainerSpecBuilder
{
    // The engine refuses less; a tenant who leased less gets this much.
    private static readonly ByteSize EngineMinimumMemory = new(6 * ByteSize.MiB);

    private const string DefaultClass = "default";
    private const int LongestPath = 1_024;

    private static readonly string[] EngineFolders = ["/proc", "/sys", "/dev"];

    /// <summary>One spec for each replica.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="service">A service that has passed the manifest rules.</param>
    /// <param name="hostPort">The port of this host for one of the service's global ports; null for one that is only reached through the ingress.</param>
    /// <param name="publicHostName">Where the provider is reached.</param>
    /// <param name="gpus">The devices of one of the service's replicas.</param>
    /// <exception cref="UnsupportedManifestException">The service asks for something that this host does not offer.</exception>
    public static IEnumerable<ContainerSpec> Build(LeaseId lease, ManifestService service, Func<PublishedPort, int?> hostPort, string publicHostName, Func<int, ValueList<string>> gpus)
    {
        var environment = ContainerEnvironment.Build(service.Env ?? [], lease, publicHostName);
        var (memoryMounts, scratchMounts, persistent) = Mounts(service);
        var memory = (service.Resources.Memory?.Size ?? default) + new ByteSize(memoryMounts.Sum(mount => mount.Size.Bytes));

        // Scratch folders share one file system with the layer, so it has the size of all of them together: what was leased in all.
        var disk = new ByteSize((service.Resources.Storage ?? []).Where(volume => !volume.IsPersistent && !volume.IsRam).Sum(volume => volume.Size.Bytes));

        var (command, arguments) = (Words(service.Command, "command"), Words(service.Args, "args"));
        var ports = Mappings(service, hostPort).ToValueList();
        var aliases = Aliases(service).ToValueList();
        var variables = environment.Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal).ToValueList();
        var webPorts = WebPorts(service).ToValueList();
        for (var replica = 0; replica < service.Count; replica++)
        {
            yield return new ContainerSpec
            {
                Service = service.Name,
                Replica = replica,
                Image = service.Image,
                Command = command,
                Arguments = arguments,
                Environment = variables,
                Cpu = service.Resources.Cpu?.Units ?? default,
                Memory = memory > EngineMinimumMemory ? memory : EngineMinimumMemory,
                // The engine leads a port of the host to one container only, the first replica; the firewall lets the others take turns with it.
                Ports = replica == 0 ? ports : [],
                SharedPorts = replica == 0 ? [] : ports,
                Aliases = aliases,
                WebPorts = webPorts,
                MemoryMounts = memoryMounts,
                Disk = disk,
                ScratchMounts = scratchMounts,
                Volumes = persistent.Select(mount => mount with { Source = WorkloadNames.Volume(lease, service.Name, mount.Volume, replica) }).ToValueList(),
                Gpus = gpus(replica),
            };
        }

        ValueList<string> Words(IReadOnlyList<string>? words, string what)
        {
            long left = ContainerEnvironment.MaxTotalBytes;
            var expanded = new List<string>();
            foreach (var word in words ?? [])
            {
                expanded.Add(ContainerEnvironment.Expand(word, environment, $"{service.Name}: {what}"));
                left -= Encoding.UTF8.GetByteCount(expanded[^1]);
                if (left < 0)
                    throw new UnsupportedManifestException($"{what} of service {service.Name} is longer than {ContainerEnvironment.MaxTotalBytes} bytes once $(NAME) is replaced, which no program can be started with: shorten it");
            }

            return [.. expanded];
        }
    }

    /// <summary>The service's ports that must be reachable from outside; of two that tenants name alike the first counts.</summary>
    /// <param name="service">The service.</param>
    /// <param name="withWeb">Also those that an ingress could serve by host name.</param>
    public static IEnumerable<PublishedPort> PublishedPorts(ManifestService service, bool withWeb) => (service.Expose ?? [])
        .Where(expose => expose.Global && (withWeb || !expose.IsIngress))
        .Select(expose => new PublishedPort(service.Name, (int)expose.PublishedPort, (int)expose.Port, expose.Proto == ServiceExpose.Udp ? PortProtocol.Udp : PortProtocol.Tcp))
        .DistinctBy(port => (port.ExternalPort, port.Protocol));

    /// <summary>Where the service listens for what comes by host name, in the order of its manifest.</summary>
    public static IEnumerable<int> WebPorts(ManifestService service) => (service.Expose ?? []).Where(expose => expose.IsIngress).Select(expose => (int)expose.Port).Distinct();

    /// <summary>Ports under which others reach the service and that it does not listen on itself; of two with the same port the first counts.</summary>
    public static IEnumerable<PortAlias> Aliases(ManifestService service) => (service.Expose ?? [])
        .Select(expose => new PortAlias((int)expose.PublishedPort, (int)expose.Port, expose.Proto == ServiceExpose.Udp ? PortProtocol.Udp : PortProtocol.Tcp))
        .DistinctBy(alias => (alias.Port, alias.Protocol))
        .Where(alias => alias.Port != alias.ContainerPort);

    private static IEnumerable<PortMapping> Mappings(ManifestService service, Func<PublishedPort, int?> hostPort)
    {
        foreach (var port in PublishedPorts(service, withWeb: true))
        {
            if (hostPort(port) is { } number) yield return new(port.ContainerPort, port.Protocol, number);
        }
    }

    /// <summary>What is mounted where. The persistent ones have no source yet: each replica has its own.</summary>
    private static (ValueList<MemoryMount> Memory, ValueList<string> Scratch, ValueList<VolumeMount> Persistent) Mounts(ManifestService service)
    {
        var persistent = new List<VolumeMount>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var memory = new List<MemoryMount>();
        var scratch = new List<string>();
        var volumes = service.Resources.Storage ?? [];
        foreach (var mount in service.Params?.Storage ?? [])
        {
            var volume = volumes.FirstOrDefault(volume => volume.Name == mount.Name)
                ?? throw new UnsupportedManifestException($"service {service.Name} mounts the volume '{mount.Name}', which its resources do not have");
            if (!IsMountable(mount.Mount)) throw new UnsupportedManifestException($"service {service.Name} mounts '{mount.Name}' at '{mount.Mount}': use an absolute path outside /proc, /sys and /dev");
            if (!taken.Add(mount.Mount)) throw new UnsupportedManifestException($"service {service.Name} mounts two volumes at '{mount.Mount}'");
            if (volume.IsPersistent) persistent.Add(new(volume.Name, "", mount.Mount, volume.Class ?? DefaultClass, volume.Size, mount.ReadOnly));
            else if (volume.IsRam) memory.Add(new(mount.Mount, volume.Size, mount.ReadOnly));
            else scratch.Add(mount.Mount);
        }

        return ([.. memory], [.. scratch], [.. persistent]);
    }

    /// <summary>Whether something may be mounted at a path of a container.</summary>
    internal static bool IsMountable(string path) =>
        path is ['/', _, ..]
        && path.Length <= LongestPath
        && !path.Any(char.IsControl)
        && !path.Split('/').Contains("..")
        && (path == "/dev/shm" || !EngineFolders.Any(engine => path == engine || path.StartsWith(engine + "/", StringComparison.Ordinal)));
}

/// <summary>A port of a service that is reachable from outside.</summary>
/// <param name="Service">The service.</param>
/// <param name="ExternalPort">As the tenant names it to the outside: the port of this host follows from it, so that an update may move the service inside.</param>
/// <param name="ContainerPort">Where the service listens.</param>
/// <param name="Protocol">TCP or UDP.</param>
internal readonly record struct PublishedPort(string Service, int ExternalPort, int ContainerPort, PortProtocol Protocol);

/// <summary>An accepted manifest asks for something that this host cannot run. The lease stays; the tenant is told.</summary>
public sealed class UnsupportedManifestException(string message) : Exception(message);
