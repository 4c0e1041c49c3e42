using ProviderAgent.Chain.Sending;

namespace ProviderAgent.Bench.ChainClient;

/// <summary>For a client that sends nothing.</summary>
internal sealed class NoOutbox : ITransactionOutbox
{
    public Task SaveAsync(OutboxTransaction transaction, CancellationToken ct) => throw new NotSupportedException("this bench sends nothing");

    public Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct) => Task.CompletedTask;

    public Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<OutboxTransaction>>([]);

    public Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct) => Task.FromResult<IReadOnlyList<OutboxSpending>>([]);
}
