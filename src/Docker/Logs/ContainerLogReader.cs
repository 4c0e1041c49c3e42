using System.Runtime.CompilerServices;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>A container's log as lines with times, able to go on where an earlier reader was cut off.</summary>
public sealed class ContainerLogReader : IAsyncDisposable
{
    /// <summary>Longest line that is handed out in one piece, where the caller does not say otherwise.</summary>
    public const int DefaultMaxLineBytes = 256 * 1024;

    private const int MinLineBytes = 1024;
    private const int BufferBytes = 32 * 1024;

    private readonly MultiplexedStream _stream;
    private readonly bool _tty;
    private readonly int _maxLineBytes;
    private readonly LogCursor _resumedFrom;
    private Func<LogCursor, CancellationToken, Task<ContainerLogReader>>? _rest;
    private int _seenAgainStdout;
    private int _seenAgainStderr;

    /// <param name="stream">A log opened with timestamps. Disposed with this object.</param>
    /// <param name="tty">The container's <see cref="Config.Tty"/>.</param>
    /// <param name="resumeFrom">Lines up to here are dropped.</param>
    /// <param name="maxLineBytes">Longer lines come in pieces; at least 1024.</param>
    public ContainerLogReader(MultiplexedStream stream, bool tty, LogCursor resumeFrom = default, int maxLineBytes = DefaultMaxLineBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineBytes, MinLineBytes);
        _stream = stream;
        _tty = tty;
        _maxLineBytes = maxLineBytes;
        _resumedFrom = resumeFrom;
        Cursor = resumeFrom;
    }

    /// <summary>Where to resume after the last line handed out. A line that was handed out only in part comes again as a whole.</summary>
    public LogCursor Cursor { get; private set; }

    /// <summary>Opens a log for reading by lines, from where <paramref name="resumeFrom"/> stands.</summary>
    /// <param name="containers">The engine.</param>
    /// <param name="id">The container.</param>
    /// <param name="tty">Its <see cref="Config.Tty"/>.</param>
    /// <param name="parameters">What to read. Timestamps are always asked for; when resuming, the beginning and the tail come from the cursor.</param>
    /// <param name="resumeFrom">The <see cref="Cursor"/> of the reader that was cut off; default for none.</param>
    /// <param name="cancellationToken">For the opening; reads have their own.</param>
    public static async Task<ContainerLogReader> OpenAsync(
        IContainerOperations containers, string id, bool tty, ContainerLogsParameters parameters, LogCursor resumeFrom, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(containers);
        ArgumentNullException.ThrowIfNull(parameters);
        var since = resumeFrom.Since;
        var stream = await containers.GetContainerLogsAsync(
            id,
            tty,
            new ContainerLogsParameters
            {
                ShowStdout = parameters.ShowStdout,
                ShowStderr = parameters.ShowStderr,
                Follow = parameters.Follow,
                Until = parameters.Until,
                Timestamps = true,
                Since = since?.ToQuery() ?? parameters.Since,
                Tail = since is null ? parameters.Tail : null,
            },
            cancellationToken).ConfigureAwait(false);
        var reader = new ContainerLogReader(stream, tty, resumeFrom);
        if (parameters.Follow == true)
        {
            var untilNow = new ContainerLogsParameters
            {
                ShowStdout = parameters.ShowStdout,
                ShowStderr = parameters.ShowStderr,
                Since = parameters.Since,
                Until = parameters.Until,
                Tail = parameters.Tail,
            };
            reader._rest = (cursor, ct) => OpenAsync(containers, id, tty, untilNow, cursor, ct);
        }

        return reader;
    }

    /// <summary>Reads to the clean end: with <c>follow</c> that is the end of the container. May be enumerated once.</summary>
    /// <remarks>
    /// Engines before 23 can end a followed log before its last entries when the container ends. So what came after <see cref="Cursor"/> is
    /// read once more, without following.
    /// </remarks>
    /// <exception cref="EngineUnavailableException">The connection broke; resume from <see cref="Cursor"/>.</exception>
    public async IAsyncEnumerable<LogLine> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in ReadStreamAsync(cancellationToken).ConfigureAwait(false)) yield return line;
        if (_rest is null) yield break;
        ContainerLogReader rest;
        try
        {
            rest = await _rest(Cursor, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerContainerNotFoundException)
        {
            yield break; // removed as soon as it ended; so is its log
        }

        await using (rest.ConfigureAwait(false))
        {
            await foreach (var line in rest.ReadStreamAsync(cancellationToken).ConfigureAwait(false))
            {
                Cursor = rest.Cursor;
                yield return line;
            }
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async IAsyncEnumerable<LogLine> ReadStreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var assembler = new LogLineAssembler(_tty, _maxLineBytes);
        var buffer = new byte[BufferBytes];
        var lines = new List<LogLine>();
        bool ended;
        do
        {
            var read = await _stream.ReadOutputAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            ended = read.EOF;
            if (!ended) assembler.Accept(read.Target, buffer.AsSpan(0, read.Count), read.EndsFrame, lines);
            else if (_rest is null) assembler.Finish(lines); // else a line without its end comes with the rest
            foreach (var line in lines)
            {
                if (IsSeenAgain(line)) continue;
                Advance(line);
                yield return line;
            }

            lines.Clear();
        }
        while (!ended);
    }

    private bool IsSeenAgain(LogLine line)
    {
        if (_resumedFrom[line.Stream] is not { } known || line.Time > known.Time) return false;
        if (line.Time < known.Time) return true;
        ref var seenAgain = ref line.Stream == MultiplexedStream.TargetStream.StandardError ? ref _seenAgainStderr : ref _seenAgainStdout;
        if (seenAgain >= known.Lines) return false;
        if (!line.IsPartial) seenAgain++;
        return true;
    }

    private void Advance(LogLine line)
    {
        if (line.IsPartial) return;
        var lines = Cursor[line.Stream] is { } last && last.Time == line.Time ? last.Lines + 1 : 1;
        Cursor = Cursor.With(line.Stream, new LogPosition(line.Time, lines));
    }
}
