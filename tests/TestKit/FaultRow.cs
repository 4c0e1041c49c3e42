namespace ProviderAgent.TestKit;

/// <summary>Faults that the daemon survives have numbers. A test that shows one carries its number: <c>dotnet test --filter Fault=31</c>.</summary>
public static class FaultRow
{
    /// <summary>Name of the trait.</summary>
    public const string Trait = "Fault";

    /// <summary>The engine stops and starts, with and without live-restore, is upgraded, or its socket is gone.</summary>
    public const string EngineRestart = "28";

    /// <summary>A call to the engine hangs.</summary>
    public const string CallHangs = "29";

    /// <summary>Events of the engine are missed, or never come.</summary>
    public const string EventsLost = "30";

    /// <summary>Containers are removed, renamed or paused by hand, or carry our label without being ours.</summary>
    public const string ByHand = "31";

    /// <summary>A container is dead, being removed, or somebody else has its name.</summary>
    public const string DeadOrNameTaken = "32";

    /// <summary>The registry stalls, refuses, lies, or has an image that is far too large.</summary>
    public const string Registry = "33";

    /// <summary>No subnet or no port is left, or the firewall is flushed.</summary>
    public const string NetworkTaken = "34";

    /// <summary>A tenant uses up memory, processes, files, log, inodes.</summary>
    public const string UsedUp = "35";

    /// <summary>The host reloads its device rules under containers with GPUs.</summary>
    public const string DevicesCutOff = "36";

    /// <summary>The engine cannot be reached for long, and comes back.</summary>
    public const string Partition = "43";

    /// <summary>The DNS is down or slow, the host's address changes, or the access provider puts it behind carrier-grade NAT.</summary>
    public const string WayFromOutside = "44";

    /// <summary>A tenant floods the network with connections.</summary>
    public const string Flood = "45";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [EngineRestart, CallHangs, EventsLost, ByHand, DeadOrNameTaken, Registry, NetworkTaken, UsedUp, DevicesCutOff, Partition, WayFromOutside, Flood];
}
