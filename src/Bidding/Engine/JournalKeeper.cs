using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Notes outcomes in the journal. A note that cannot be written is no harm: the market is asked again at the next start.</summary>
internal sealed partial class JournalKeeper(IBidJournal journal, ILogger<JournalKeeper> log)
{
    public Task<BidIntentId> BeginAsync(BidIntent intent, CancellationToken ct) => journal.BeginAsync(intent, ct);

    public Task<IReadOnlyList<OpenBidIntent>> ListOpenAsync(CancellationToken ct) => journal.ListOpenAsync(ct);

    public Task CompleteAsync(BidIntentId intent, ActionOutcome outcome) => outcome switch
    {
        ActionOutcome.Done done => CompleteAsync(intent, BidIntentResult.Done, "", done.Transaction),
        ActionOutcome.Refused refused => CompleteAsync(intent, BidIntentResult.Refused, $"{refused.Reason}: {refused.Detail}"),
        _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
    };

    /// <remarks>Takes no token: what has happened is written down even while stopping.</remarks>
    public async Task CompleteAsync(BidIntentId intent, BidIntentResult result, string detail, string? transaction = null)
    {
        try
        {
            await journal.CompleteAsync(intent, new(result, detail, transaction), CancellationToken.None);
        }
        catch (BidStoreUnavailableException e)
        {
            Log.OutcomeNotNoted(log, intent.Value, result, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Warning, "Outcome {Result} of intent {Intent} could not be noted; the market is asked about it at the next start", EventName = "OutcomeNotNoted")]
        public static partial void OutcomeNotNoted(ILogger logger, long intent, BidIntentResult result, Exception error);
    }
}
