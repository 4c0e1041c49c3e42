using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Liveness;

/// <summary>When the loops of this room count as stuck, and when they only wait.</summary>
public sealed class ChainLivenessTests : IAsyncLifetime
{
    private readonly ScriptedChain _chain = new();
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly MemoryOutbox _outbox = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(2), TimeProvider.System); // fails instead of hanging
    private readonly StallingHandlers _handlers = new();
    private ScriptedNode? _node;
    private ServiceProvider? _services;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        _handlers.Release();
        if (_services is not null)
        {
            foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(CancellationToken.None);
            await _services.DisposeAsync();
        }

        if (_node is not null) await _node.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task CheckHealth_NodeNeverAnswers_AllLoopsAreHealthy()
    {
        var services = await CreateSutAsync();
        _node!.Fail("*", NodeFault.Hang, 10_000);
        await StartAsync();
        var following = FollowAsync(services);
        var sending = services.GetRequiredService<IMarketplace>().SubmitAsync(TestKeys.Withdraw(1), _stop.Token);

        for (var step = 0; step < 20; step++)
        {
            await Eventually.BecomesTrueAsync("a deadline or a pause to run", () => _time.TimerCount > 0);
            _time.Advance(TimeSpan.FromSeconds(30));
            await HealthyAsync();
        }

        Assert.False(following.IsCompleted);
        Assert.False(sending.IsCompleted);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task CheckHealth_NothingToSendAndNoNewBlock_IsHealthy()
    {
        var services = await CreateSutAsync();
        await StartAsync();
        await Eventually.BecomesTrueAsync("the first block", () => services.GetRequiredService<HeadWatcher>().Head is not null);
        var following = FollowAsync(services);

        for (var step = 0; step < 30; step++)
        {
            await Eventually.BecomesTrueAsync("a pause to run", () => _time.TimerCount > 0);
            _time.Advance(TimeSpan.FromMinutes(1));
            await HealthyAsync();
        }

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [Fact]
    public async Task CheckHealth_LookThatNoDeadlineEnds_WatcherIsUnhealthy()
    {
        var services = await CreateSutAsync();
        _handlers.Stall("status");
        await StartAsync();
        await _handlers.Stalled;

        _time.Advance(TimeSpan.FromHours(2));

        await UnhealthyAsync(services.GetRequiredService<HeadWatcher>(), "the latest block was not looked for");
    }

    [Fact]
    public async Task CheckHealth_BlockThatNoDeadlineEnds_FollowerIsUnhealthy()
    {
        var services = await CreateSutAsync();
        await StartAsync();
        await Eventually.BecomesTrueAsync("the first block", () => services.GetRequiredService<HeadWatcher>().Head is not null);
        _handlers.Stall("block_results");
        var following = FollowAsync(services);
        await _handlers.Stalled;
        Assert.Equal(HealthStatus.Healthy, (await services.GetRequiredService<BlockFollower>().CheckHealthAsync(new())).Status);

        _time.Advance(TimeSpan.FromHours(2));

        await UnhealthyAsync(services.GetRequiredService<BlockFollower>(), "no attempt to read the next block");
        _handlers.Release();
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Equal(HealthStatus.Healthy, (await services.GetRequiredService<BlockFollower>().CheckHealthAsync(new())).Status);
    }

    [Fact]
    public async Task CheckHealth_WhoeverTakesTheEventsIsSlow_FollowerIsHealthy()
    {
        var services = await CreateSutAsync();
        await StartAsync();
        _chain.Produce(20);
        await using var batches = services.GetRequiredService<IMarketplace>().FollowAsync(new MarketPosition(90), _stop.Token).GetAsyncEnumerator();
        Assert.True(await batches.MoveNextAsync());

        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(HealthStatus.Healthy, (await services.GetRequiredService<BlockFollower>().CheckHealthAsync(new())).Status);
        var next = batches.MoveNextAsync().AsTask();
        await Eventually.BecomesTrueAsync("the next block", () =>
        {
            if (next.IsCompleted) return true;
            _time.Advance(TimeSpan.FromSeconds(1)); // the jump may have cut off a block that was read ahead
            return false;
        });
        Assert.True(await next);
    }

    [Fact]
    public async Task CheckHealth_OutboxNeverAnswers_SenderIsUnhealthy()
    {
        var services = await CreateSutAsync();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _outbox.BeforeSave = (_, ct) =>
        {
            reached.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        };
        await StartAsync();
        var sending = services.GetRequiredService<IMarketplace>().SubmitAsync(TestKeys.Withdraw(1), _stop.Token);
        await Eventually.BecomesTrueAsync("the transaction to be written down", () =>
        {
            if (reached.Task.IsCompleted) return true;
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        });
        Assert.Equal(HealthStatus.Healthy, (await services.GetRequiredService<TxSender>().CheckHealthAsync(new())).Status);

        _time.Advance(TimeSpan.FromHours(2));

        await UnhealthyAsync(services.GetRequiredService<TxSender>(), "the sender of transactions has not come round");
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static async Task UnhealthyAsync(IHealthCheck check, string says)
    {
        var result = await check.CheckHealthAsync(new());
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains(says, result.Description, StringComparison.Ordinal);
    }

    /// <summary>All checks of the room, as the watchdog asks for them. Right after the clock was moved a loop may not have come round yet.</summary>
    private Task HealthyAsync()
    {
        var health = _services!.GetRequiredService<HealthCheckService>();
        return Eventually.BecomesTrueAsync("all loops to be healthy", async () =>
        {
            var report = await health.CheckHealthAsync(check => check.Tags.Contains("live"));
            Assert.Equal(3, report.Entries.Count);
            var stuck = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => $"{entry.Key}: {entry.Value.Description} {entry.Value.Exception}");
            return stuck.Any() ? throw new InvalidOperationException(string.Join("; ", stuck)) : true;
        });
    }

    private async Task FollowAsync(ServiceProvider services)
    {
        await foreach (var batch in services.GetRequiredService<IMarketplace>().FollowAsync(null, _stop.Token)) Assert.True(batch.Position.Value > 0);
    }

    private async Task StartAsync()
    {
        foreach (var service in _services!.GetServices<IHostedService>().Where(service => service is BackgroundService)) await service.StartAsync(CancellationToken.None);
    }

    private async Task<ServiceProvider> CreateSutAsync()
    {
        _node = await ScriptedNode.StartAsync(_chain);
        var services = new ServiceCollection().AddLogging()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<ISigner>(_ => TestKeys.Provider())
            .AddSingleton<ITransactionOutbox>(_outbox)
            .AddSingleton<IEndpointHandlerFactory>(_handlers)
            .AddChain()
            .AddChain(); // twice, and still one check of each kind
        services.AddHealthChecks();
        services.Configure<ChainOptions>(options =>
        {
            options.Endpoints.Add(new() { Rpc = _node.Address });
            options.Key.File = "not-read-because-the-signer-is-given";
            options.Subscribe = false;
        });
        return _services = services.BuildServiceProvider();
    }

    /// <summary>Connections that stall for good at one method, whatever deadline there is.</summary>
    private sealed class StallingHandlers : DelegatingHandler, IEndpointHandlerFactory
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile string? _method;

        public StallingHandlers()
            : base(new SocketsHttpHandler())
        {
        }

        public Task Stalled => _reached.Task;

        public HttpMessageHandler Create() => this;

        public void Stall(string method) => _method = method;

        public void Release() => _release.TrySetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(CancellationToken.None);
            if (_method is { } method && body.Contains($"\"{method}\"", StringComparison.Ordinal))
            {
                _reached.TrySetResult();
                await _release.Task;
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
