using System.Text.Json;
using ProviderAgent.Bidding;
using ProviderAgent.Ledger;

namespace ProviderAgent.Adapters;

/// <summary>Keeps the bidding room's intents and decisions in the ledger.</summary>
internal sealed class BiddingStores(IntentStore intents, DecisionStore decisions) : IBidJournal, IDecisionLog
{
    /// <summary>Kind of these intents in the ledger's journal.</summary>
    public const string Kind = "bid";

    public Task<BidIntentId> BeginAsync(BidIntent intent, CancellationToken ct) => Guarded(async () =>
        new BidIntentId(await intents.BeginAsync(Kind, intent.Bid.ToString(), BidIntentJson.Write(intent), ct)));

    public Task CompleteAsync(BidIntentId id, BidIntentOutcome outcome, CancellationToken ct) => Guarded(() => intents.CompleteAsync(
        id.Value, JsonSerializer.Serialize(new OutcomeText(outcome.Result.ToString(), outcome.Transaction, outcome.Detail), AdapterJson.Default.OutcomeText), ct));

    public Task<IReadOnlyList<OpenBidIntent>> ListOpenAsync(CancellationToken ct) => Guarded(async () =>
        (IReadOnlyList<OpenBidIntent>)[.. (await intents.ListOpenAsync(Kind, ct)).Select(stored => new OpenBidIntent(new(stored.Id), BidIntentJson.Read(stored.BodyJson)))]);

    public Task RecordAsync(DecisionRecord decision, CancellationToken ct) => Guarded(async () =>
    {
        await decisions.PutAsync(Stored(decision), ct);
        return true;
    });

    public Task<bool> RecordFirstAsync(DecisionRecord decision, CancellationToken ct) => Guarded(() => decisions.PutFirstAsync(Stored(decision), ct));

    private static StoredDecision Stored(DecisionRecord decision) => new(
        decision.Order,
        decision.DecidedAt,
        decision.IsBid ? DecisionResult.Bid : DecisionResult.Decline,
        decision.Reason?.ToString() ?? "Bid",
        decision.Detail,
        decision.Price?.ToString(),
        decision.InputsJson,
        Times: 0);

    private static async Task<T> Guarded<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is LedgerException or FormatException)
        {
            throw new BidStoreUnavailableException(error.Message, error);
        }
    }
}
