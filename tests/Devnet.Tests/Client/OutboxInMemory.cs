using System.Collections.Concurrent;
using ProviderAgent.Chain.Sending;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>An outbox that outlives the senders of a test, and at which the test can stop them.</summary>
internal sealed class OutboxInMemory : ITransactionOutbox
{
    private readonly ConcurrentDictionary<string, OutboxTransaction> _open = new();
    private readonly ConcurrentDictionary<string, (OutboxTransaction Transaction, OutboxOutcome Outcome)> _closed = new();

    /// <summary>Runs at each journal point; throws to end the sender there.</summary>
    public Func<JournalPoint, Task> At { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyCollection<OutboxTransaction> Open => [.. _open.Values];

    public IReadOnlyCollection<(OutboxTransaction Transaction, OutboxOutcome Outcome)> Closed => [.. _closed.Values];

    public async Task SaveAsync(OutboxTransaction transaction, CancellationToken ct)
    {
        await At(JournalPoint.BeforeSave);
        _open[transaction.Hash] = transaction;
        await At(JournalPoint.AfterSave);
    }

    public async Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct)
    {
        await At(JournalPoint.BeforeClose);
        if (_open.TryRemove(hash, out var transaction)) _closed[hash] = (transaction, outcome);
        await At(JournalPoint.AfterClose);
    }

    public Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<OutboxTransaction>>([.. _open.Values]);

    public Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<OutboxSpending>>([.. _closed.Values
            .Where(entry => entry.Outcome.State is OutboxState.Included or OutboxState.Failed)
            .Select(entry => new OutboxSpending(entry.Transaction.Bytes, TimeProvider.System.GetUtcNow()))]);
}

/// <summary>Where a kill leaves the journal in another state.</summary>
public enum JournalPoint
{
    /// <summary>Signed, not written down.</summary>
    BeforeSave,

    /// <summary>Written down, not sent.</summary>
    AfterSave,

    /// <summary>In a block, the outcome not written down.</summary>
    BeforeClose,

    /// <summary>The outcome is written down, nobody was told.</summary>
    AfterClose,
}
