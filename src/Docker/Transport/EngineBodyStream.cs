namespace ProviderAgent.Docker;

/// <summary>Body of an answer: bounded, with an optional idle deadline, and failing only with this client's exceptions.</summary>
/// <param name="inner">The platform's stream.</param>
/// <param name="owner">Disposed with this stream; closes the connection when the body was not read to its end.</param>
/// <param name="faults">Names failures.</param>
/// <param name="operation">For messages.</param>
internal sealed class EngineBodyStream(Stream inner, IDisposable owner, EngineFaults faults, string operation) : Stream
{
    private IDisposable? _owner = owner;
    private long _read;

    /// <summary>Null for streams without an end.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Longest wait for the next bytes; null for no limit.</summary>
    public TimeSpan? Idle { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = Idle is { } idle
                ? await ReadWithinAsync(buffer, idle, cancellationToken).ConfigureAwait(false)
                : await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var fault = faults.Translate(e, operation);
            if (ReferenceEquals(fault, e)) throw;
            throw fault;
        }

        _read += count;
        if (_read > MaxBytes) throw new EngineProtocolException($"The answer to {operation} is larger than {MaxBytes} bytes and was given up.");
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("read asynchronously: a thread must not wait for the engine");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            var held = Interlocked.Exchange(ref _owner, null);
            if (held is not null)
            {
                inner.Dispose();
                held.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadWithinAsync(Memory<byte> buffer, TimeSpan idle, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Time, idle, cancellationToken);
        try
        {
            var count = await inner.ReadAsync(buffer, deadline.Token).ConfigureAwait(false);
            // Bytes and deadline can come at once. The platform has closed the connection then: say why, not that it was lost.
            if (deadline.Passed && count > 0) throw new StreamStalledException(operation, idle);
            return count;
        }
        catch (Exception) when (deadline.Passed && !cancellationToken.IsCancellationRequested)
        {
            throw new StreamStalledException(operation, idle);
        }
    }
}
