namespace ProviderAgent.Docker;

/// <summary>A stream whose two directions end separately.</summary>
public abstract class DuplexStream : Stream
{
    /// <summary>Ends our direction: the process in the container reads end of file. What it writes can still be read.</summary>
    public abstract ValueTask CloseWriteAsync(CancellationToken cancellationToken);
}
