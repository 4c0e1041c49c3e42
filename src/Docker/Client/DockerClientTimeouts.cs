namespace ProviderAgent.Docker;

/// <summary>How long each kind of call may take. A call that takes longer ends in <see cref="EngineUnavailableException"/>.</summary>
public sealed class DockerClientTimeouts
{
    /// <summary>Connecting, including the TLS handshake.</summary>
    /// <value>Default 5 s; 100 ms to 5 min.</value>
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls that only read, and the head of the answer of streams that begin at once (events, logs, wait, attach, exec).</summary>
    /// <value>Default 10 s (measured: 1 to 70 ms); 100 ms to 10 min.</value>
    public TimeSpan Query { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls that change something small: create, update, rename, pause, kill, tag, networks, volumes.</summary>
    /// <value>Default 30 s (measured: 7 to 180 ms); 100 ms to 10 min.</value>
    public TimeSpan Change { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Starting a container: hooks, GPU set-up and volume mounts happen inside this call, and a hung runtime would hold it for ever.</summary>
    /// <value>Default 60 s (measured: 190 ms without hooks); 100 ms to 30 min.</value>
    public TimeSpan Start { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Added to the grace period that a stop gives the container.</summary>
    /// <value>Default 20 s: the engine itself waits up to 10 s more after its KILL; 100 ms to 10 min.</value>
    public TimeSpan StopMargin { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Removing containers and images: the engine deletes their files inside the call.</summary>
    /// <value>Default 2 min; 100 ms to 1 h.</value>
    public TimeSpan Remove { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>First answer to a pull, a push or a distribution query; the engine asks the registry before it answers at all.</summary>
    /// <value>Default 2 min: an unreachable registry costs the engine up to 30 s per attempt; 1 s to 1 h.</value>
    public TimeSpan Registry { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest silence inside a pull, a push, an import or an archive transfer before it counts as stalled.</summary>
    /// <value>Default 5 min: verifying or unpacking one very large layer reports nothing for minutes; 1 s to 1 h.</value>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(5);
}
