using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ProviderAgent.Docker;

/// <summary>Output (and, for attach and exec, input) of a process in a container.</summary>
/// <remarks>
/// Without a terminal the engine sends frames: one byte for the stream, three zeros, the length in four bytes, big endian, and the payload.
/// With a terminal it sends raw bytes, where both outputs are one. One reader and one writer may work at the same time.
/// </remarks>
public sealed class MultiplexedStream : IDisposable, IAsyncDisposable
{
    private const int HeaderBytes = 8;
    private const int CopyBytes = 80 * 1024;
    private const int MaxSystemErrorBytes = 16 * 1024;

    /// <summary>Largest output that <see cref="ReadOutputToEndAsync"/> keeps in memory.</summary>
    private const int MaxCollectedBytes = 16 * 1024 * 1024;

    private readonly Stream _stream;
    private readonly bool _multiplexed;
    private readonly byte[] _header = new byte[HeaderBytes];
    private TargetStream _target = TargetStream.StandardOut;
    private uint _remaining;

    /// <param name="stream">A <see cref="DuplexStream"/> where something is to be written. Disposed with this object.</param>
    /// <param name="multiplexed">True when there are frames: always but with a terminal.</param>
    public MultiplexedStream(Stream stream, bool multiplexed)
    {
        _stream = stream;
        _multiplexed = multiplexed;
    }

    /// <summary>Where bytes of a process came from.</summary>
    public enum TargetStream
    {
        StandardIn = 0,
        StandardOut = 1,
        StandardError = 2,

        /// <summary>The engine's own failure, which ends the stream.</summary>
        SystemError = 3,
    }

    /// <summary>Ends the input; the output can still be read.</summary>
    /// <exception cref="NotSupportedException">The stream only reads, as a log.</exception>
    public ValueTask CloseWriteAsync(CancellationToken cancellationToken) =>
        _stream is DuplexStream duplex ? duplex.CloseWriteAsync(cancellationToken) : throw new NotSupportedException("this stream cannot be written to");

    public Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends input. Waits as long as the process does not read: the caller's token is the only limit.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => _stream.WriteAsync(buffer, cancellationToken);

    public Task<ReadResult> ReadOutputAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadOutputAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads what there is, at most one frame's worth.</summary>
    /// <exception cref="EngineProtocolException">The bytes are no frames.</exception>
    /// <exception cref="EngineUnavailableException">The connection broke.</exception>
    /// <exception cref="DockerStreamException">The engine reports a failure of its own.</exception>
    public async ValueTask<ReadResult> ReadOutputAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_multiplexed)
        {
            return new ReadResult(await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), TargetStream.StandardOut, EndsFrame: false);
        }

        while (_remaining == 0)
        {
            if (!await ReadHeaderAsync(cancellationToken).ConfigureAwait(false)) return default;
            if (_target == TargetStream.SystemError) throw await SystemErrorAsync(cancellationToken).ConfigureAwait(false);
        }

        var wanted = (int)Math.Min((uint)buffer.Length, _remaining);
        var count = await _stream.ReadAsync(buffer[..wanted], cancellationToken).ConfigureAwait(false);
        if (count == 0 && wanted > 0) throw Truncated();
        _remaining -= (uint)count;
        return new ReadResult(count, _target, EndsFrame: _remaining == 0);
    }

    /// <summary>Reads everything; undecodable bytes become U+FFFD.</summary>
    /// <exception cref="EngineProtocolException">It is more than 16 MiB.</exception>
    public async Task<(string Stdout, string Stderr)> ReadOutputToEndAsync(CancellationToken cancellationToken)
    {
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        await CopyOutputToAsync(Stream.Null, stdout, stderr, MaxCollectedBytes, cancellationToken).ConfigureAwait(false);
        return (Text(stdout), Text(stderr));
    }

    /// <summary>Sends all of <paramref name="input"/>; does not end our direction.</summary>
    public async Task CopyFromAsync(Stream input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        await input.CopyToAsync(_stream, CopyBytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands out everything by its target until the end.</summary>
    public Task CopyOutputToAsync(Stream stdin, Stream stdout, Stream stderr, CancellationToken cancellationToken) =>
        CopyOutputToAsync(stdin, stdout, stderr, long.MaxValue, cancellationToken);

    public void Dispose() => _stream.Dispose();

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static string Text(MemoryStream output) => Encoding.UTF8.GetString(output.GetBuffer().AsSpan(0, (int)output.Length));

    private static EngineProtocolException Truncated() => new("A stream of a container ended in the middle of a frame.");

    private async Task CopyOutputToAsync(Stream stdin, Stream stdout, Stream stderr, long limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (true)
            {
                var result = await ReadOutputAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
                if (result.EOF) return;
                limit -= result.Count;
                if (limit < 0) throw new EngineProtocolException($"The output of a container is larger than {MaxCollectedBytes} bytes and was given up.");
                var target = result.Target switch { TargetStream.StandardIn => stdin, TargetStream.StandardError => stderr, _ => stdout };
                await target.WriteAsync(buffer.AsMemory(0, result.Count), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>False at the end of the stream.</returns>
    private async ValueTask<bool> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < HeaderBytes)
        {
            var count = await _stream.ReadAsync(_header.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (count == 0) return filled == 0 ? false : throw Truncated();
            filled += count;
        }

        if (_header[0] > (byte)TargetStream.SystemError || _header[1] != 0 || _header[2] != 0 || _header[3] != 0)
        {
            throw new EngineProtocolException("A stream of a container has no frames; was it opened as one without a terminal?");
        }

        _target = (TargetStream)_header[0];
        _remaining = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));
        return true;
    }

    private async Task<DockerStreamException> SystemErrorAsync(CancellationToken cancellationToken)
    {
        var text = new byte[(int)Math.Min(_remaining, MaxSystemErrorBytes)];
        var count = await _stream.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return new DockerStreamException(ErrorText.Clean(Encoding.UTF8.GetString(text, 0, count), secrets: null));
    }

    /// <summary>What one read brought.</summary>
    /// <param name="Count">Bytes in the buffer; 0 at the end of the stream.</param>
    /// <param name="Target">Where they came from.</param>
    /// <param name="EndsFrame">True when the last of them is also the last of its frame.</param>
    public readonly record struct ReadResult(int Count, TargetStream Target, bool EndsFrame)
    {
        /// <summary>The stream has ended.</summary>
        public bool EOF => Count == 0;
    }
}
