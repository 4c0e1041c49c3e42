using Microsoft.Extensions.Options;
using ProviderAgent.Chain;
using ProviderAgent.Docker;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Hosting;

/// <summary>The first thing that runs: opens the ledger, reads what an earlier run left, and refuses a start that cannot work.</summary>
/// <remarks>
/// A first start with a chain or an engine out of reach is most likely a mistake in the configuration and ends with a message. Later ones
/// carry on: leases run, and tenants are served, whatever else is down.
/// </remarks>
internal sealed partial class Startup(
    LedgerDatabase ledger,
    IMarketplace market,
    LeaseBook book,
    EngineGate gate,
    EngineDataFolderCache dataFolder,
    IOptions<ChainOptions> chain,
    TimeProvider time,
    ILogger<Startup> log) : IHostedService
{
    private static readonly TimeSpan FirstContact = TimeSpan.FromSeconds(15);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await book.LoadAsync(cancellationToken);
        var isFirst = await ledger.Cursors.FindAsync(MarketEventPump.CursorName, cancellationToken) is null && book.Open.Count == 0;
        await MeetChainAsync(isFirst, cancellationToken);
        await MeetEngineAsync(isFirst, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MeetChainAsync(bool isFirst, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(FirstContact, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await market.GetTickAsync(either.Token);
            await ledger.BindAsync(market.Health.Network, market.Account, ct);
            Log.Identity(log, market.Account, market.Health.Network);
        }
        catch (Exception error) when (error is MarketUnavailableException || (error is OperationCanceledException && limit.IsCancellationRequested))
        {
            var endpoints = string.Join(", ", chain.Value.Endpoints.Select(endpoint => endpoint.Rpc?.OriginalString));
            var cause = error is MarketUnavailableException ? error.Message : $"no answer within {FirstContact.TotalSeconds:0} s";
            if (isFirst) throw new ExitException(ExitCode.Chain, $"the chain cannot be reached at {endpoints}: {cause}. Check chain.endpoints and the network", error);
            Log.ChainAway(log, endpoints, cause);
        }
    }

    private async Task MeetEngineAsync(bool isFirst, CancellationToken ct)
    {
        try
        {
            await dataFolder.ReadAsync(ct);
            await gate.CheckAsync(ct);
        }
        catch (Exception error) when (error is EngineException or EngineUnfitException)
        {
            if (isFirst) throw new ExitException(ExitCode.Engine, error.Message, error);
            Log.EngineAway(log, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9000, LogLevel.Information, "Provider {Account} on {Network}", EventName = "Identity")]
        public static partial void Identity(ILogger logger, AccountAddress account, string network);

        [LoggerMessage(9001, LogLevel.Warning, "The chain cannot be reached at {Endpoints} ({Cause}); leases run on, nothing is bid on until it is back", EventName = "ChainAway")]
        public static partial void ChainAway(ILogger logger, string endpoints, string cause);

        [LoggerMessage(9002, LogLevel.Warning, "{Cause} Leases are kept; it is tried again", EventName = "EngineAway")]
        public static partial void EngineAway(ILogger logger, string cause);
    }
}

/// <summary>Where the engine keeps its data, which is the disk that is sold.</summary>
internal sealed class EngineDataFolderCache(IDockerClient engine)
{
    /// <summary>The engine's own word once it was asked; before that the usual place.</summary>
    public string Path { get; private set; } = "/var/lib/docker";

    /// <exception cref="EngineException">The engine did not answer.</exception>
    public async Task ReadAsync(CancellationToken ct) => Path = (await engine.System.GetSystemInfoAsync(ct)).DockerRootDir;
}
