using ProviderAgent.Chain.Sending;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>An outbox that outlives the senders of a test, and at which the test can stop them.</summary>
internal sealed class MemoryOutbox : ITransactionOutbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OutboxTransaction> _open = [];
    private readonly Dictionary<string, OutboxOutcome> _closed = [];
    private readonly List<OutboxSpending> _spent = [];

    /// <summary>Runs before a transaction is stored.</summary>
    public Func<OutboxTransaction, CancellationToken, Task> BeforeSave { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs after a transaction is stored.</summary>
    public Func<OutboxTransaction, CancellationToken, Task> AfterSave { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs before an outcome is stored.</summary>
    public Func<string, CancellationToken, Task> BeforeClose { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<OutboxTransaction> Open
    {
        get
        {
            lock (_gate) return [.. _open.Values];
        }
    }

    public IReadOnlyList<OutboxOutcome> Closed
    {
        get
        {
            lock (_gate) return [.. _closed.Values];
        }
    }

    public void Put(OutboxTransaction transaction)
    {
        lock (_gate) _open[transaction.Hash] = transaction;
    }

    public async Task SaveAsync(OutboxTransaction transaction, CancellationToken ct)
    {
        await BeforeSave(transaction, ct);
        Put(transaction);
        await AfterSave(transaction, ct);
    }

    public async Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct)
    {
        await BeforeClose(hash, ct);
        lock (_gate)
        {
            if (!_open.Remove(hash, out var transaction)) return;
            _closed[hash] = outcome;
            if (outcome.State is OutboxState.Included or OutboxState.Failed) _spent.Add(new(transaction.Bytes, TimeProvider.System.GetUtcNow()));
        }
    }

    public Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<OutboxSpending>>([.. _spent.Where(spent => spent.At >= since)]);
    }

    public Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) => Task.FromResult(Open);
}
