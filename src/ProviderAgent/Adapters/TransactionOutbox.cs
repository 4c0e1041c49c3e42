using System.Globalization;
using System.Text.Json;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Ledger;

namespace ProviderAgent.Adapters;

/// <summary>Keeps the chain's signed transactions in the ledger until their fate is known.</summary>
internal sealed class TransactionOutbox(TransactionStore transactions) : ITransactionOutbox
{
    public Task SaveAsync(OutboxTransaction transaction, CancellationToken ct) => transactions.SaveAsync(
        transaction.Hash, transaction.Bytes, transaction.Sequence, transaction.TimeoutHeight, transaction.Summary, ct);

    public Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct) => transactions.CloseAsync(
        hash,
        JsonSerializer.Serialize(new OutcomeText(outcome.State.ToString(), outcome.Height?.ToString(CultureInfo.InvariantCulture), outcome.Detail), AdapterJson.Default.OutcomeText),
        ct);

    public async Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) =>
        [.. (await transactions.ListOpenAsync(ct)).Select(stored =>
            new OutboxTransaction(stored.Hash, stored.Bytes.ToArray(), stored.Sequence, stored.TimeoutHeight, stored.Summary, stored.CreatedAt))];
}
