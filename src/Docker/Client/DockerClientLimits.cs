namespace ProviderAgent.Docker;

/// <summary>How much the engine may hand us. Labels, logs and image configurations are written by tenants, so sizes are theirs to choose.</summary>
public sealed class DockerClientLimits
{
    /// <summary>Largest answer that is held in memory as a whole, in bytes.</summary>
    /// <value>Default 64 MiB (a list of 1000 containers with large labels is about 5 MiB); 64 KiB to 1 GiB.</value>
    public long MaxAnswerBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Longest line of an event or progress stream, in bytes.</summary>
    /// <value>Default 1 MiB (an event carries every label of its container); 4 KiB to 64 MiB.</value>
    public int MaxLineBytes { get; set; } = 1024 * 1024;

    /// <summary>Connections for calls with a short answer. More calls at once wait, within their deadlines.</summary>
    /// <value>Default 64; 1 to 4096.</value>
    public int MaxCallConnections { get; set; } = 64;

    /// <summary>Connections for logs, events, waits, pulls, pushes, archives and stops. More at once wait, within their deadlines.</summary>
    /// <value>Default 1024; 1 to 65536.</value>
    public int MaxStreamConnections { get; set; } = 1024;
}
