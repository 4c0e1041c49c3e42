using System.Globalization;
using System.Text.Json;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Ledger;

namespace ProviderAgent.Adapters;

/// <summary>Keeps the chain's signed transactions in the ledger until their fate is known.</summary>
internal sealed class TransactionOutbox(TransactionStore transactions) : ITransactionOutbox
{
    // One in each block of a day.
    private const int MostInADay = 15_000;

    public Task SaveAsync(OutboxTransaction transaction, CancellationToken ct) => transactions.SaveAsync(
        transaction.Hash, transaction.Bytes, transaction.Sequence, transaction.TimeoutHeight, transaction.Summary, ct);

    public Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct) => transactions.CloseAsync(
        hash,
        JsonSerializer.Serialize(new OutcomeText(outcome.State.ToString(), outcome.Height?.ToString(CultureInfo.InvariantCulture), outcome.Detail), AdapterJson.Default.OutcomeText),
        ct);

    public async Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) =>
        [.. (await transactions.ListOpenAsync(ct)).Select(stored =>
            new OutboxTransaction(stored.Hash, stored.Bytes.ToArray(), stored.Sequence, stored.TimeoutHeight, stored.Summary, stored.CreatedAt))];

    public async Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct) =>
        [.. (await transactions.ListClosedSinceAsync(since, MostInADay, ct)).Where(IsPaid).Select(stored => new OutboxSpending(stored.Bytes.ToArray(), stored.ClosedAt ?? since))];

    private static bool IsPaid(StoredTransaction stored) =>
        stored.OutcomeJson is { } json
        && JsonSerializer.Deserialize(json, AdapterJson.Default.OutcomeText)?.Result is nameof(OutboxState.Included) or nameof(OutboxState.Failed);
}
