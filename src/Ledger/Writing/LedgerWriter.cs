using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Ledger;

/// <summary>The only writer. Writes that wait together are committed together; each caller returns once its commit is durable.</summary>
/// <remarks>
/// Runs on a thread of its own, because SQLite blocks. A storage fault fails the writes at hand with
/// <see cref="LedgerUnavailableException"/>, drops the connection and tries again with the next write: nothing has to be restarted
/// when the disk is back.
/// </remarks>
internal sealed partial class LedgerWriter
{
    /// <summary>Writes that may wait. A full queue makes callers wait, which is the back-pressure wanted.</summary>
    public const int Capacity = 1024;

    /// <summary>Most writes in one transaction: bounds how long the first one waits for the last.</summary>
    private const int MaxBatch = 256;

    // SQLite's own default: 4 MiB of log.
    private const int CheckpointPages = 1000;

    private readonly Channel<WriteItem> _queue = Channel.CreateBounded<WriteItem>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly LedgerMetrics _metrics;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteItem> _batch = new(MaxBatch);
    private readonly List<WriteItem> _written = new(MaxBatch);
    private SqlSession? _session;
    private volatile string? _fault;

    // The session is the one that opened the ledger; it is owned from here on.
    public LedgerWriter(SqlSession session, string file, TimeProvider time, LedgerMetrics metrics, ILogger log)
    {
        (_session, _file, _time, _metrics, _log) = (session, file, time, metrics, log);
        metrics.ObserveQueue(() => Queued);
        new Thread(Run) { IsBackground = true, Name = "ledger-writer" }.Start();
    }

    /// <summary>Writes that wait.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>Why the last write failed; null while writing works.</summary>
    public string? Fault => _fault;

    /// <summary>Runs <paramref name="work"/> in a transaction and returns its result once it is durable.</summary>
    /// <remarks>
    /// An exception from <paramref name="work"/> undoes this write alone. After <see cref="OperationCanceledException"/> nothing was
    /// written; a write that has begun is waited for.
    /// </remarks>
    /// <exception cref="LedgerUnavailableException">The storage failed; nothing of this write is there.</exception>
    /// <exception cref="ObjectDisposedException">The ledger is closed.</exception>
    public async Task<T> WriteAsync<T>(Func<SqlSession, T> work, CancellationToken ct)
    {
        var item = new WriteItem<T>(work);
        try
        {
            await _queue.Writer.WriteAsync(item, ct).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(LedgerDatabase));
        }

        using var registration = ct.UnsafeRegister(static (state, token) => (state as WriteItem)?.Withdraw(token), item);
        return await item.Task.ConfigureAwait(false);
    }

    /// <summary>Finishes what is queued and closes the file. Later writes are refused.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _stopped.Task;
    }

    private void Run()
    {
        try
        {
            // Blocking is fine here: the thread has nothing else to do.
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_batch.Count < MaxBatch && _queue.Reader.TryRead(out var item))
                {
                    if (item.TryTake()) _batch.Add(item);
                }

                if (_batch.Count > 0) WriteBatch();
                _batch.Clear();
            }
        }
        finally
        {
            _session?.Dispose();
            _stopped.TrySetResult();
        }
    }

    private void WriteBatch()
    {
        var start = _time.GetTimestamp();
        _written.Clear();
        try
        {
            var session = _session ??= SqlSession.OpenWriter(_file);
            session.Execute("BEGIN IMMEDIATE");
            RunItems(session);
            session.Execute("COMMIT");
        }
        catch (Exception e)
        {
            FailBatch(e);
            return;
        }

        // Before any caller is answered: who knows of its write must find the ledger's health as it is since then.
        _metrics.Committed(_written.Count, _time.GetElapsedTime(start));
        if (_fault is not null) Log.WritesWorkAgain(_log, _file);
        _fault = null;
        foreach (var item in _written) item.Complete();
        Checkpoint();
    }

    /// <summary>After the callers have been answered. A failure costs nothing: the log grows until the next try, and a storage fault shows at the next write.</summary>
    private void Checkpoint()
    {
        try
        {
            if (_session?.LogPages >= CheckpointPages) _session.Checkpoint();
        }
        catch (SqliteException e)
        {
            Log.CheckpointPostponed(_log, e);
        }
    }

    /// <summary>Runs each write in a savepoint of its own; those that fail by themselves leave no trace and are told at once.</summary>
    private void RunItems(SqlSession session)
    {
        foreach (var item in _batch)
        {
            session.Execute("SAVEPOINT item");
            try
            {
                item.Run(session);
                _written.Add(item);
            }
            catch (Exception e) when (e is not SqliteException sql || !StorageFaults.IsStorage(sql))
            {
                session.Execute("ROLLBACK TO item");
                item.Fail(e);
            }

            session.Execute("RELEASE item");
        }
    }

    private void FailBatch(Exception error)
    {
        var fault = error is SqliteException sql ? StorageFaults.Explain(sql, _file) : error;
        _metrics.Failed(_batch.Count);

        // A fresh connection for the next try: after such faults SQLite promises little about the old one.
        _session?.Dispose();
        _session = null;
        if (_fault is null) Log.WritesFail(_log, fault);
        _fault = fault.Message;
        foreach (var item in _batch) item.Fail(fault); // last: who is told must not find the ledger well
    }

    private static partial class Log
    {
        [LoggerMessage(7012, LogLevel.Debug, "The write-ahead log could not be merged into the database; it grows until the next write tries again", EventName = "CheckpointPostponed")]
        public static partial void CheckpointPostponed(ILogger logger, Exception error);

        [LoggerMessage(7010, LogLevel.Error, "The ledger cannot be written; callers are told, nothing is half-written, and the next write tries again", EventName = "WritesFail")]
        public static partial void WritesFail(ILogger logger, Exception error);

        [LoggerMessage(7011, LogLevel.Information, "The ledger {File} can be written again", EventName = "WritesWorkAgain")]
        public static partial void WritesWorkAgain(ILogger logger, string file);
    }
}
