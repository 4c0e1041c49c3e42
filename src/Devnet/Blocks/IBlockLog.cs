namespace ProviderAgent.Devnet.Blocks;

/// <summary>A block as it was written down: what went in, and where it led.</summary>
internal sealed record LoggedBlock(long Height, DateTimeOffset Time, ReadOnlyMemory<byte> AppHash, IReadOnlyList<ReadOnlyMemory<byte>> Txs);

/// <summary>Keeps blocks over a restart, or does not.</summary>
internal interface IBlockLog : IDisposable
{
    /// <summary>Everything that was kept, in order. Called once, before the first <see cref="Append"/>.</summary>
    IEnumerable<LoggedBlock> Read();

    /// <summary>Durable when it returns.</summary>
    void Append(Block block);
}

/// <summary>Keeps nothing.</summary>
internal sealed class NoBlockLog : IBlockLog
{
    public IEnumerable<LoggedBlock> Read() => [];

    public void Append(Block block)
    {
    }

    public void Dispose()
    {
    }
}
