using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ProviderAgent.Gateway.Tests.Fakes;

/// <summary>Lines that are there from the start.</summary>
internal static class LogSources
{
    public static async IAsyncEnumerable<LogLine> Lines(params LogLine[] lines)
    {
        foreach (var line in lines)
        {
            await Task.Yield();
            yield return line;
        }
    }

    public static async IAsyncEnumerable<LogLine> LinesThen(Exception error)
    {
        await Task.Yield();
        yield return new("web-0", "a line");
        throw error;
    }
}

/// <summary>Lines that a test writes one by one.</summary>
internal sealed class LogSource
{
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.Wait });

    public bool IsDisposed { get; private set; }

    public ValueTask WriteAsync(string line) => _lines.Writer.WriteAsync(line);

    public void End() => _lines.Writer.Complete();

    public async IAsyncEnumerable<LogLine> ReadAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(ct)) yield return new("web-0", line);
        }
        finally
        {
            IsDisposed = true;
        }
    }
}

/// <summary>As many lines of a kilobyte as are asked for.</summary>
internal sealed class EndlessLogSource
{
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public bool IsDisposed { get; private set; }

    public async IAsyncEnumerable<LogLine> ReadAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        try
        {
            while (!ct.IsCancellationRequested)
            {
                await Task.Yield();
                Interlocked.Increment(ref _taken);
                yield return new("web-0", new string('x', 1024));
            }
        }
        finally
        {
            IsDisposed = true;
        }
    }
}
