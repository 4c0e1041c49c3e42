using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>The way in which an engine hands GPUs to containers.</summary>
public enum GpuRoute
{
    /// <summary>The engine's own device driver for NVIDIA, which runs the container toolkit's hook at each start.</summary>
    Driver,

    /// <summary>Container device interface: the device's nodes and libraries are part of the container's own configuration. Survives a reload of the service manager.</summary>
    Cdi,
}

/// <summary>Asks the engine for devices by UUID, and for nothing else.</summary>
internal static class GpuRequests
{
    /// <summary>The kind under which the vendor's tools describe its devices for CDI.</summary>
    public const string CdiKind = "nvidia.com/gpu";

    // What programs for a GPU are built against: computing, nvidia-smi, rendering, video coding. "display" would reach for the host's screen.
    private static readonly string[] Parts = ["compute", "utility", "graphics", "video"];

    /// <summary>The one request of a container; null for none. Of two, the engine would silently drop the first.</summary>
    public static List<DeviceRequest>? For(IReadOnlyCollection<string> uuids, GpuRoute route)
    {
        if (uuids.Count == 0) return null;
        return route == GpuRoute.Cdi
            ? [new() { Driver = "cdi", DeviceIDs = [.. uuids.Select(uuid => $"{CdiKind}={uuid}")] }]
            : [new() { Driver = "nvidia", DeviceIDs = [.. uuids], Capabilities = [["gpu", .. Parts]] }];
    }

    /// <summary>Variables that the toolkit reads. They stand in every container, so that no image can bring its own.</summary>
    public static IEnumerable<string> Environment(IReadOnlyCollection<string> uuids, GpuRoute route)
    {
        // With CDI the devices do not come by this variable, and a hook that reads it as well must find nothing to add.
        yield return $"NVIDIA_VISIBLE_DEVICES={(uuids.Count == 0 || route == GpuRoute.Cdi ? "void" : string.Join(',', uuids))}";
        if (uuids.Count > 0) yield return $"NVIDIA_DRIVER_CAPABILITIES={string.Join(',', Parts)}";
    }
}
