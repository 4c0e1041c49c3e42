using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Ledger.Tests;

public sealed class LedgerMaintenanceTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Run_EachHour_ForgetsOldHistoryInSteps()
    {
        await using var services = Services(options => options.DecisionRows = 100);
        var ledger = services.GetRequiredService<LedgerDatabase>();
        for (ulong n = 1; n <= 1300; n++)
        {
            _ = ledger.Decisions.PutAsync(new(Sample.Order(n), _fixture.Time.GetUtcNow().AddSeconds(n), DecisionResult.Decline, "reason", "", null, "{}"), default);
        }

        await ledger.Intents.CompleteAsync(await ledger.Intents.BeginAsync("test", "done", "{}", default), "{}", default);
        await ledger.Intents.BeginAsync("test", "open", "{}", default);
        var maintenance = Assert.IsType<LedgerMaintenance>(Assert.Single(services.GetServices<IHostedService>()));
        await maintenance.StartAsync(default);
        await Eventually.BecomesTrueAsync("the surplus to go", async () => (await ledger.Decisions.ListRecentAsync(2000, default)).Count == 100);
        Assert.Equal(2, await CountIntentsAsync(ledger));

        await Eventually.BecomesTrueAsync("the timer to be armed", () => _fixture.Time.TimerCount > 0);
        _fixture.Time.Advance(TimeSpan.FromDays(366));

        await Eventually.BecomesTrueAsync("old history to go", async () => await CountIntentsAsync(ledger) == 1 && (await ledger.Decisions.ListRecentAsync(10, default)).Count == 0);
        await maintenance.StopAsync(default);
    }

    [Fact]
    public async Task Run_LedgerUnavailable_GoesOnNextHour()
    {
        await using var services = Services(_ => { });
        var ledger = services.GetRequiredService<LedgerDatabase>();
        await ledger.Core.Writer.WriteAsync(session => session.Execute("PRAGMA query_only = 1"), default);
        await ledger.Intents.ListOpenAsync(null, default);
        var maintenance = services.GetServices<IHostedService>().OfType<LedgerMaintenance>().Single();

        await maintenance.StartAsync(default);
        await Eventually.BecomesTrueAsync("the failure to be told", () => _fixture.Log.Events.Contains("Postponed"));

        Assert.False(maintenance.ExecuteTask!.IsCompleted);
        await maintenance.StopAsync(default);
    }

    [Fact]
    public async Task AddLedger_Twice_GivesOneLedgerAndItsStores()
    {
        await using var services = Services(_ => { }, times: 2);

        var ledger = services.GetRequiredService<LedgerDatabase>();

        Assert.Same(ledger.Usage, services.GetRequiredService<UsageStore>());
        Assert.Same(ledger.Intents, services.GetRequiredService<IntentStore>());
        Assert.Single(services.GetServices<IHostedService>());
        Assert.Single(services.GetServices<IValidateOptions<StateOptions>>());
    }

    [Fact]
    public void Validate_Everything_GathersAllProblems()
    {
        var bad = new StateOptions { Directory = "relative", DecisionRows = 1, DecisionAge = TimeSpan.Zero, HistoryAge = TimeSpan.FromMinutes(1) };

        var result = new StateOptionsValidator().Validate(null, bad);

        Assert.Equal(4, result.Failures!.Count());
        Assert.Contains("state.directory", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("state.history_age", result.FailureMessage, StringComparison.Ordinal);
        Assert.True(new StateOptionsValidator().Validate(null, new()).Succeeded);
    }

    private ServiceProvider Services(Action<StateOptions> configure, int times = 1)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_fixture.Time);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new MemoryLogProvider(_fixture.Log)));
        for (var i = 0; i < times; i++) services.AddLedger();
        services.Configure<StateOptions>(options => options.Directory = _fixture.Directory).Configure(configure);
        return services.BuildServiceProvider();
    }

    private static async Task<int> CountIntentsAsync(LedgerDatabase ledger) =>
        (await ledger.Intents.ListBySubjectAsync("done", 10, default)).Count + (await ledger.Intents.ListBySubjectAsync("open", 10, default)).Count;

    private sealed class MemoryLogProvider(MemoryLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
