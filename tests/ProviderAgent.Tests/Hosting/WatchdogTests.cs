using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Hosting;
using ProviderAgent.Hosting.Systemd;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Hosting;

[Collection(EnvironmentCollection.Name)]
public sealed class WatchdogTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly EnvironmentVariables _environment = new();
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LogProbe<Watchdog> _log = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly NotifySocket _manager;
    private string? _stuck;
    private string? _unready;

    public WatchdogTests()
    {
        _manager = new(_folder.File("notify"));
        _environment.Set("NOTIFY_SOCKET", _folder.File("notify"));
        _environment.Set("WATCHDOG_USEC", "30000000");
        _environment.Set("WATCHDOG_PID", null);
    }

    public void Dispose()
    {
        _environment.Dispose();
        _manager.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Execute_AllLoopsTurn_KeepsTheManagerQuiet()
    {
        var sut = await StartAsync();
        for (var beat = 0; beat < 5; beat++)
        {
            Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());
            await Eventually.BecomesTrueAsync("the watchdog to wait", () => _time.TimerCount == 1);
            _time.Advance(Interval / 3);
        }

        await sut.StopAsync(default);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Execute_ALoopIsStuck_SaysSoOnceAndNothingToTheManager()
    {
        var sut = await StartAsync();
        Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());
        _stuck = "it sleeps";

        for (var beat = 1; beat <= 6; beat++)
        {
            await BeatAsync();
            await Eventually.BecomesTrueAsync("the stuck loop to be told", () => _log.Count("Stuck") == 1);
            Assert.True(_manager.IsEmpty);
        }

        Assert.Contains("loop: it sleeps", _log.Entries[0].Message, StringComparison.Ordinal);
        _stuck = null;
        await BeatAsync();
        Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());
        await sut.StopAsync(default);
        Assert.Equal(1, _log.Count("Stuck"));
    }

    [Fact]
    public async Task Execute_ChainOrEngineAway_IsNoReasonForARestart()
    {
        _unready = "the chain does not answer";
        var sut = await StartAsync();

        Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task Lifetime_StartedAndStopping_IsToldToTheManager()
    {
        var sut = await StartAsync();
        Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());
        _lifetime.NotifyStarted();
        Assert.StartsWith("READY=1\n", await _manager.ReceiveAsync(), StringComparison.Ordinal);

        _lifetime.StopApplication();

        Assert.Equal("STOPPING=1", await _manager.ReceiveAsync());
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task Execute_ManagerDoesNotWatch_OnlyReadinessIsTold()
    {
        _environment.Set("WATCHDOG_USEC", null);
        var sut = await StartAsync();
        _lifetime.NotifyStarted();

        Assert.StartsWith("READY=1\n", await _manager.ReceiveAsync(), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(_manager.IsEmpty);
        await sut.StopAsync(default);
    }

    private async Task BeatAsync()
    {
        await Eventually.BecomesTrueAsync("the watchdog to wait", () => _time.TimerCount == 1);
        _time.Advance(Interval / 3);
    }

    private async Task<Watchdog> StartAsync()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks()
            .AddCheck("loop", () => _stuck is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy(), [Watchdog.LiveTag])
            .AddCheck("provider", () => _unready is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy(), [ReadinessChecks.ReadyTag]);
        var health = services.BuildServiceProvider().GetRequiredService<HealthCheckService>();
        var sut = new Watchdog(new SystemdNotifier(), health, _lifetime, _time, _log);
        await sut.StartAsync(default);
        return sut;
    }
}
