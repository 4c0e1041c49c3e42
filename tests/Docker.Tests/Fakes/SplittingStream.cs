namespace ProviderAgent.Docker.Tests;

/// <summary>Hands out bytes in pieces of given sizes, over and over: cuts a message anywhere.</summary>
internal sealed class SplittingStream(byte[] content, IReadOnlyList<int> sizes) : MemoryStream(content)
{
    private int _reads;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var size = sizes.Count == 0 ? buffer.Length : Math.Clamp(sizes[_reads++ % sizes.Count], 1, buffer.Length);
        return base.ReadAsync(buffer[..size], cancellationToken);
    }
}
