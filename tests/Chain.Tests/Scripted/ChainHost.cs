using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>This room, running against scripted nodes.</summary>
internal sealed class ChainHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ChainHost(ServiceProvider services) => _services = services;

    public IMarketplace Market => Get<IMarketplace>();

    /// <summary>Everything that was logged.</summary>
    public LogBook Log => Get<LogBook>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<ChainHost> StartAsync(MemoryOutbox outbox, Action<ChainOptions>? configure = null, TimeProvider? time = null, params ScriptedNode[] nodes)
    {
        var host = Build(outbox, configure, time, nodes);
        foreach (var service in host._services.GetServices<IHostedService>()) await service.StartAsync(CancellationToken.None);
        return host;
    }

    /// <summary>Without the hosted services.</summary>
    public static ChainHost Build(MemoryOutbox outbox, Action<ChainOptions>? configure = null, TimeProvider? time = null, params ScriptedNode[] nodes)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));
        services.AddSingleton<LogBook>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogBook>());
        services.AddSingleton<ISigner>(_ => TestKeys.Provider());
        services.AddSingleton<ITransactionOutbox>(outbox);
        services.AddSingleton<IJitter>(new FixedJitter());
        if (time is not null) services.AddSingleton(time);
        services.AddSingleton<SettableLimits>();
        services.AddSingleton<ISpendingLimits>(provider => provider.GetRequiredService<SettableLimits>());
        services.AddChain();
        services.Configure<ChainOptions>(options =>
        {
            options.Endpoints.AddRange(nodes.Select(node => new ChainEndpointOptions { Rpc = node.Address }));
            options.Key.File = "not-read-because-the-signer-is-given";
            options.PollInterval = TimeSpan.FromMilliseconds(100);
            options.QueryTimeout = TimeSpan.FromMinutes(1); // a busy machine is no fault; tests of deadlines set their own
            options.TransactionTimeout = TimeSpan.FromMinutes(1);
            options.MaxResponse = new(2 * ByteSize.MiB);
            configure?.Invoke(options);
        });
        return new(services.BuildServiceProvider());
    }

    /// <summary>Ends the hosted services at once, as a kill would, wherever they are.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(now.Token);
        await _services.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    /// <summary>What the operator allows, as a test wants it.</summary>
    internal sealed class SettableLimits : ISpendingLimits
    {
        public SpendingLimits Current { get; set; } = new();
    }

    private sealed class FixedJitter : IJitter
    {
        public double Next() => 0.5;
    }
}
