using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger;

/// <summary>Connections for reading. Readers never wait for the writer and see everything that was committed before they began.</summary>
internal sealed class LedgerReaders(string file) : IDisposable
{
    /// <summary>Reads at one time. More would only fight for the same disk.</summary>
    private const int MaxConcurrent = 4;

    private readonly SemaphoreSlim _slots = new(MaxConcurrent);
    private readonly ConcurrentBag<SqlSession> _idle = [];
    private volatile bool _closed;

    /// <summary>Runs a read on a thread of the pool. Cancelling interrupts it.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed: there is no answer.</exception>
    public async Task<T> ReadAsync<T>(Func<SqlSession, T> read, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(LedgerDatabase));
        await _slots.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(read, ct), ct).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Waits for running reads and closes the connections.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        for (var i = 0; i < MaxConcurrent; i++) _slots.Wait();
        while (_idle.TryTake(out var session)) session.Dispose();
        _slots.Release(MaxConcurrent); // whoever still waits learns that it is closed
    }

    private T Read<T>(Func<SqlSession, T> read, CancellationToken ct)
    {
        SqlSession? session = null;
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(LedgerDatabase));
            if (!_idle.TryTake(out session)) session = SqlSession.OpenReader(file);
            T answer;
            using (ct.UnsafeRegister(static state => (state as SqlSession)?.Interrupt(), session)) answer = read(session);
            _idle.Add(session);
            session = null;
            return answer;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == StorageFaults.Interrupted && ct.IsCancellationRequested)
        {
            throw new OperationCanceledException("the read was cancelled", e, ct);
        }
        catch (SqliteException e) when (StorageFaults.IsStorage(e))
        {
            throw StorageFaults.Explain(e, file);
        }
        finally
        {
            session?.Dispose(); // only after a failure: a connection that failed is not used again
        }
    }
}
