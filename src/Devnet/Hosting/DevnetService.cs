using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>Runs a local chain for as long as the host runs, and stops the host when the chain cannot go on.</summary>
internal sealed class DevnetService(IOptions<DevnetOptions> options, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private DevnetChain? _chain;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _chain = await DevnetChain.StartAsync(options.Value, time, loggers, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_chain is not null) await _chain.DisposeAsync();
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _chain?.Completion ?? Task.CompletedTask;
}
