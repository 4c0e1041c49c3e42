using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProviderAgent.Adapters;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.ProviderAgent.Tests.Kill;

/// <summary>This test assembly as a program: configuration, ledger and sender of the daemon, which does one thing on the market and can be killed at it.</summary>
internal static class SenderProcess
{
    /// <summary>What it prints when it has come to the point at which it is to be killed.</summary>
    public const string Reached = "reached";

    /// <param name="args">Configuration file; point of the journal or <c>none</c>; <c>settle</c>, or a verb with the lease that it is about.</param>
    public static async Task<int> Main(string[] args)
    {
        var options = ConfigLoaderFactory.Create().Load(new ConfigSources(args[0], new Dictionary<string, string>(), []));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddAgentCore(options);
        builder.Services.AddSingleton<ITransactionOutbox>(provider => new DeadlyOutbox(new TransactionOutbox(provider.GetRequiredService<TransactionStore>()), args[1]));
        using var host = builder.Build();
        await host.StartAsync();
        var market = host.Services.GetRequiredService<IMarketplace>();
        await market.GetTickAsync(default);
        await host.Services.GetRequiredService<LedgerDatabase>().BindAsync(market.Health.Network, market.Account, default);
        await market.SettleAsync(default);
        if (args[2] != "settle") Console.WriteLine(await market.SubmitAsync(Action(args[2], LeaseId.Parse(args[3])), default) is ActionOutcome.Refused refused ? $"refused {refused.Reason}" : "done");
        await host.StopAsync();
        return 0;
    }

    private static MarketAction Action(string verb, LeaseId lease) => verb switch
    {
        "bid" => new MarketAction.PlaceBid(lease.Bid, Rate.PerTick(Decimal18.FromInteger(50), Denom.Parse("uact")), Coin.Parse("500000uakt"), [], TimeSpan.FromHours(2)),
        "bid-plain" => new MarketAction.PlaceBid(lease.Bid, Rate.PerTick(Decimal18.FromInteger(50), Denom.Parse("uact")), Coin.Parse("500000uakt"), [], null),
        "close" => new MarketAction.CloseBid(lease.Bid, LeaseCloseReason.Unspecified),
        "withdraw" => new MarketAction.Withdraw(lease),
        "reclaim" => new MarketAction.StartReclaim(lease, LeaseCloseReason.Decommission),
        _ => throw new ArgumentException(verb),
    };

    /// <summary>The ledger's outbox, at which the process stops for ever.</summary>
    private sealed class DeadlyOutbox(ITransactionOutbox inner, string point) : ITransactionOutbox
    {
        public async Task SaveAsync(OutboxTransaction transaction, CancellationToken ct)
        {
            await AtAsync("before-save");
            await inner.SaveAsync(transaction, ct);
            await AtAsync("after-save");
        }

        public async Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct)
        {
            await AtAsync("before-close");
            await inner.CloseAsync(hash, outcome, ct);
            await AtAsync("after-close");
        }

        public Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) => inner.ListOpenAsync(ct);

        public Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct) => inner.ListSpentSinceAsync(since, ct);

        private Task AtAsync(string here)
        {
            if (here != point) return Task.CompletedTask;
            Console.WriteLine(Reached);
            return new TaskCompletionSource().Task;
        }
    }
}
