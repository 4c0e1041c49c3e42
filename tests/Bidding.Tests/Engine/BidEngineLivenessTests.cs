using Microsoft.Extensions.Diagnostics.HealthChecks;
using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>When the loops of the bidding count as stuck.</summary>
public sealed class BidEngineLivenessTests : IAsyncLifetime
{
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task CheckHealth_MarketDoesNotAnswerAtStart_IsHealthy()
    {
        var run = _world.NewRun("Settle:before");
        await run.StartAsync();
        await run.Life.Died;

        _world.Time.Advance(TimeSpan.FromHours(5));

        Assert.Equal(HealthStatus.Healthy, (await run.Engine.CheckHealthAsync(new())).Status);
    }

    [Fact]
    public async Task CheckHealth_MarketRefusesEveryCall_IsHealthy()
    {
        var run = await _world.StartAsync();
        _world.Market.Fault = _ => throw new Marketplace.MarketUnavailableException("away on purpose");

        for (var sweep = 0; sweep < 10; sweep++)
        {
            await run.SweepAsync();
            await Eventually.BecomesTrueAsync("bidding to be healthy", async () => (await run.Engine.CheckHealthAsync(new())).Status == HealthStatus.Healthy);
        }

        _world.Market.Fault = null;
    }

    [Fact]
    public async Task CheckHealth_NoOrdersForADay_IsHealthy()
    {
        var run = await _world.StartAsync();

        _world.Time.Advance(TimeSpan.FromDays(1));

        // The loops turn on threads of their own: right after the jump they may not have come round yet.
        await Eventually.BecomesTrueAsync("bidding to be healthy", async () => (await run.Engine.CheckHealthAsync(new())).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task CheckHealth_OneOrderIsNeverDoneWith_IsUnhealthyAndSaysSo()
    {
        var run = await _world.StartAsync();
        using var release = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Decisions.OnRecord = () =>
        {
            reached.TrySetResult();
            release.Wait();
        };
        try
        {
            await run.PostAsync(1);
            await reached.Task;
            Assert.Equal(HealthStatus.Healthy, (await run.Engine.CheckHealthAsync(new())).Status);

            _world.Time.Advance(TimeSpan.FromMinutes(11));

            await Eventually.BecomesTrueAsync("only the order to be named", async () =>
                await run.Engine.CheckHealthAsync(new()) is { Status: HealthStatus.Unhealthy, Description: "an order has been judged for 660 s" });
        }
        finally
        {
            release.Set();
        }

        await Eventually.BecomesTrueAsync("bidding to be healthy", async () => (await run.Engine.CheckHealthAsync(new())).Status == HealthStatus.Healthy);
    }
}
