using System.Text.Json;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Metering;

namespace ProviderAgent.Adapters;

/// <summary>Keeps usage in the ledger.</summary>
internal sealed class UsageLog(UsageStore usage) : IUsageLog
{
    public Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<MeteredInterval> intervals, CancellationToken ct) => Books.Guarded(async () =>
        (IReadOnlyList<AppendResult>)[.. (await usage.AppendAsync([.. intervals.Select(Interval)], ct)).Select(result => result switch
        {
            UsageAppend.Added => AppendResult.Added,
            UsageAppend.Repeated => AppendResult.Repeated,
            _ => AppendResult.Overlaps,
        })]);

    public Task<MeteredEnd?> FindEndAsync(string containerId, DateTimeOffset startedAt, CancellationToken ct) => Books.Guarded(async () =>
        await usage.FindEndAsync(containerId, startedAt, ct) is { } end
            ? new MeteredEnd(end.At, new(end.Counters.CpuNanoseconds, end.Counters.ReceivedBytes, end.Counters.SentBytes))
            : null);

    public Task<IReadOnlyList<ServiceUsage>> SumAllAsync(CancellationToken ct) => Books.Guarded(async () =>
        (IReadOnlyList<ServiceUsage>)[.. (await usage.SumAllAsync(ct)).Select(sum => new ServiceUsage(
            sum.Lease, sum.Service, sum.CpuNanoseconds, sum.MemoryByteSeconds, sum.ReceivedBytes, sum.SentBytes, sum.Measured, sum.Gap))]);

    public Task<int> FoldAsync(DateTimeOffset before, int limit, CancellationToken ct) => Books.Guarded(() => usage.FoldAsync(before, limit, ct));

    private static UsageInterval Interval(MeteredInterval interval) => new(
        new(interval.Container.Lease, interval.Container.Service, interval.Container.Replica, interval.Container.ContainerId, interval.Container.StartedAt),
        interval.From,
        interval.To,
        new(interval.CpuNanoseconds, interval.MemoryByteSeconds, interval.ReceivedBytes, interval.SentBytes, interval.Measured, interval.Gap),
        new(interval.AtEnd.CpuNanoseconds, interval.AtEnd.ReceivedBytes, interval.AtEnd.SentBytes));
}

/// <summary>Keeps withdrawals and income in the ledger.</summary>
internal sealed class SettlementLog(IntentStore intents, SettlementStore settlements) : ISettlementLog
{
    private const string WithdrawKind = "withdraw";

    // An intent that stays open until the last coin of the lease is in the books.
    private const string FollowKind = "follow-income";

    public Task<long> BeginAsync(LeaseId lease, Coin before, string reason, CancellationToken ct) => Books.Guarded(() => intents.BeginAsync(
        WithdrawKind, lease.ToString(), JsonSerializer.Serialize(new WithdrawalText(before.ToString(), reason), AdapterJson.Default.WithdrawalText), ct));

    public Task CompleteAsync(long id, string outcome, CancellationToken ct) => Books.Guarded(() => intents.CompleteAsync(
        id, JsonSerializer.Serialize(new OutcomeText("Ended", null, outcome), AdapterJson.Default.OutcomeText), ct));

    public Task<IReadOnlyList<OpenWithdrawal>> ListOpenAsync(CancellationToken ct) => Books.Guarded(async () =>
        (IReadOnlyList<OpenWithdrawal>)[.. (await intents.ListOpenAsync(WithdrawKind, ct)).Select(Withdrawal)]);

    public Task<RecordedTotal> RecordAsync(LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, CancellationToken ct) => Books.Guarded(async () =>
    {
        var record = await settlements.RecordAsync(lease, tick, withdrawn, transaction, fee, ct);
        var result = record.Result switch
        {
            SettlementResult.Recorded => RecordResult.Recorded,
            SettlementResult.Unchanged => RecordResult.Unchanged,
            _ => RecordResult.Contradicts,
        };
        return new RecordedTotal(result, record.Delta);
    });

    public Task<IReadOnlyList<RecordedIncome>> ListIncomeAsync(CancellationToken ct) => Books.Guarded(async () =>
        (IReadOnlyList<RecordedIncome>)[.. (await settlements.ListIncomeAsync(ct)).Select(income => new RecordedIncome(income.Lease, income.Withdrawn, income.Fees, income.LastTick))]);

    public Task FollowAsync(LeaseId lease, CancellationToken ct) => Books.Guarded(async () =>
    {
        if (!(await OpenFollows(ct)).Any(intent => intent.Subject == lease.ToString())) await intents.BeginAsync(FollowKind, lease.ToString(), "{}", ct);
        return true;
    });

    public Task UnfollowAsync(LeaseId lease, CancellationToken ct) => Books.Guarded(async () =>
    {
        foreach (var intent in (await OpenFollows(ct)).Where(intent => intent.Subject == lease.ToString())) await intents.CompleteAsync(intent.Id, "{}", ct);
        return true;
    });

    public Task<IReadOnlyList<LeaseId>> ListFollowedAsync(CancellationToken ct) => Books.Guarded(async () =>
        (IReadOnlyList<LeaseId>)[.. (await OpenFollows(ct)).Select(intent => LeaseId.Parse(intent.Subject)).Distinct()]);

    private Task<IReadOnlyList<StoredIntent>> OpenFollows(CancellationToken ct) => intents.ListOpenAsync(FollowKind, ct);

    private static OpenWithdrawal Withdrawal(StoredIntent intent)
    {
        var body = JsonSerializer.Deserialize(intent.BodyJson, AdapterJson.Default.WithdrawalText) ?? throw new FormatException("a stored withdrawal is empty");
        return new(intent.Id, LeaseId.Parse(intent.Subject), Coin.Parse(body.Before), intent.BegunAt);
    }
}

internal static class Books
{
    /// <summary>Turns the ledger's failures into what the metering room expects of its ports.</summary>
    public static async Task<T> Guarded<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is LedgerException or FormatException or JsonException)
        {
            throw new MeteringUnavailableException(error.Message, error);
        }
    }
}
