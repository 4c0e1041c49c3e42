using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ProviderAgent.Metering.Tests;

/// <summary>When the treasurer counts as stuck.</summary>
public sealed class TreasurerLivenessTests : TreasurerTestBase
{
    [Fact]
    public async Task CheckHealth_MarketNeverAnswers_IsHealthy()
    {
        var market = new SilentMarket();
        using var sut = new Treasurer(market, Books, Options, Time, Sample.Metrics(), Log);
        await sut.StartAsync(default);
        await market.Asked.Task;

        Time.Advance(TimeSpan.FromHours(10));

        Assert.Equal(HealthStatus.Healthy, (await sut.CheckHealthAsync(new())).Status);
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task CheckHealth_BooksNeverAnswer_IsUnhealthyAndSaysHowLong()
    {
        var books = new SilentBooks();
        using var sut = new Treasurer(Market, books, Options, Time, Sample.Metrics(), Log);
        await sut.StartAsync(default);
        await books.Asked.Task;
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HealthStatus.Healthy, (await sut.CheckHealthAsync(new())).Status);

        Time.Advance(TimeSpan.FromSeconds(1));

        var result = await sut.CheckHealthAsync(new());
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("for 121 s", result.Description, StringComparison.Ordinal);
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task CheckHealth_RestsBetweenChecksAndTurnsAgain_IsHealthy()
    {
        using var sut = CreateSut();
        await sut.StartAsync(default);
        for (var check = 1; check <= 3; check++)
        {
            await Eventually.BecomesTrueAsync("the check to be done", () => Market.SettleCalls >= check && Time.TimerCount > 0);
            Assert.Equal(HealthStatus.Healthy, (await sut.CheckHealthAsync(new())).Status);
            Time.Advance(TimeSpan.FromSeconds(5)); // the least pause
            await Eventually.BecomesTrueAsync("it to wait for the next check", () => Time.TimerCount > 0);
            Time.Advance(Options.CurrentValue.CheckInterval);
        }

        await sut.StopAsync(default);
    }

    private sealed class SilentMarket : MarketStub
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override AccountAddress Account => Sample.Provider;

        public override Task SettleAsync(CancellationToken ct)
        {
            Asked.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
    }

    private sealed class SilentBooks : ISettlementLog
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<long> BeginAsync(LeaseId lease, Coin before, string reason, CancellationToken ct) => NeverAsync<long>(ct);

        public Task CompleteAsync(long id, string outcome, CancellationToken ct) => NeverAsync<bool>(ct);

        public Task<IReadOnlyList<OpenWithdrawal>> ListOpenAsync(CancellationToken ct) => NeverAsync<IReadOnlyList<OpenWithdrawal>>(ct);

        public Task<RecordedTotal> RecordAsync(LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, CancellationToken ct) => NeverAsync<RecordedTotal>(ct);

        public Task<IReadOnlyList<RecordedIncome>> ListIncomeAsync(CancellationToken ct) => NeverAsync<IReadOnlyList<RecordedIncome>>(ct);

        public Task FollowAsync(LeaseId lease, CancellationToken ct) => NeverAsync<bool>(ct);

        public Task UnfollowAsync(LeaseId lease, CancellationToken ct) => NeverAsync<bool>(ct);

        public Task<IReadOnlyList<LeaseId>> ListFollowedAsync(CancellationToken ct) => NeverAsync<IReadOnlyList<LeaseId>>(ct);

        private async Task<T> NeverAsync<T>(CancellationToken ct)
        {
            Asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            throw new InvalidOperationException("an endless wait has ended");
        }
    }
}
