using System.CommandLine;
using ProviderAgent.Bidding;
using ProviderAgent.Chain;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary><c>dry-run</c>: follows the chain and decides by the configured policy, sends nothing, and sums up what it would have bid and earned.</summary>
/// <remarks>Needs no key of its own worth: nothing is signed. Runs beside a daemon, since it touches no ledger.</remarks>
internal sealed class DryRunVerb(ConfigLoader loader, TimeProvider time) : IVerb
{
    // What would be taken in when everything fits; a replay of recorded orders reckons with a real host.
    private static readonly HostCapacity Endless = new(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue);

    public Command Create(CliContext context)
    {
        var length = new Option<string?>("--for") { Description = "How long to follow; default until stopped", HelpName = "DURATION" };
        var settings = new OfflineSettings();
        var verb = new Command("dry-run", "Follow the chain and decide on every order without spending anything; sums up at the end") { length };
        settings.AddTo(verb);
        verb.SetAction(async (parsed, ct) =>
        {
            var options = loader.Load(context.Sources(parsed));
            using var deadline = Deadline(parsed.GetValue(length));
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Logging.AddAgentLogging(LogLevel.Warning);
            builder.Services.AddSingleton(time);
            builder.Services.AddSingleton(new ConfigStore(options));
            builder.Services.AddAgentSections();
            builder.Services.AddSingleton<ITransactionOutbox, NoOutbox>();
            builder.Services.AddChain();
            using var host = builder.Build();
            await host.StartAsync(ct);
            try
            {
                var market = host.Services.GetRequiredService<IMarketplace>();
                await market.GetTickAsync(ct);
                var lease = options.Pricing.Floor.ExpectedLease;
                using var bidder = new OfflineBidder(options.Bidding, options.Pricing, market.Clock, time, host.Services.GetRequiredService<ILoggerFactory>());
                var replay = new Replay([bidder], Endless, lease);
                var orders = await FollowAsync(market, bidder, replay, settings.Akt(parsed, options.Pricing, time.GetUtcNow()), context, parsed, either.Token);
                ct.ThrowIfCancellationRequested();
                var report = new ReplayReport(1, replay.From, replay.To, orders, 0, lease.TotalHours, [ReplayVerb.Describe("configuration", replay.Tallies[0], replay)]);
                context.Print(parsed, report, ReplayJson.Default.ReplayReport, ReplayText.Write);
                return (int)ExitCode.Done;
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        });
        return verb;
    }

    private async Task<long> FollowAsync(IMarketplace market, OfflineBidder bidder, Replay replay, CoinPrice? akt, CliContext context, ParseResult parsed, CancellationToken ct)
    {
        long orders = 0;
        try
        {
            // Orders that are open already count too: they are what a provider that starts now would meet first.
            await foreach (var order in market.ListOpenOrdersAsync(ct)) await AddAsync(order);
            await foreach (var batch in market.FollowAsync(null, ct))
            {
                foreach (var created in batch.Events.OfType<MarketEvent.OrderCreated>())
                {
                    if (await market.FindOrderAsync(created.Order, ct) is { } order) await AddAsync(order);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // told to sum up
        }

        return orders;

        async Task AddAsync(Order order)
        {
            orders++;
            var record = new RecordedOrder(order.Id, time.GetUtcNow(), order.Spec, order.MinReclaimWindow, null);
            await replay.AddAsync(record, akt, ct);
            if (parsed.GetValue(context.JsonOption)) return;
            var decision = await bidder.DecideAsync(OrderFacts.Of(order), new() { Now = record.SeenAt, Akt = akt, AktProblem = "give --akt-usd" }, ct);
            await context.Output.WriteLineAsync(decision switch
            {
                BidDecision.Submit(var quote) => $"{order.Id}: would bid {quote.Price}",
                BidDecision.Decline(var reason, var detail) => $"{order.Id}: no bid, {reason}: {detail}",
                _ => throw new InvalidOperationException("unknown decision"),
            });
        }
    }

    private CancellationTokenSource Deadline(string? text)
    {
        if (text is null) return new();
        return ValueText.TryRead(typeof(TimeSpan), text, out var value, out var expected) && value is TimeSpan length && length > TimeSpan.Zero
            ? new(length, time)
            : throw new ExitException(ExitCode.Usage, $"--for: '{text}' is not {expected}");
    }
}

/// <summary>Sees to it that nothing is ever sent: the sender stores first, and this stores nothing.</summary>
internal sealed class NoOutbox : ITransactionOutbox
{
    public Task SaveAsync(OutboxTransaction transaction, CancellationToken ct) => throw new InvalidOperationException("a dry run sends nothing");

    public Task CloseAsync(string hash, OutboxOutcome outcome, CancellationToken ct) => Task.CompletedTask;

    public Task<IReadOnlyList<OutboxTransaction>> ListOpenAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<OutboxTransaction>>([]);

    public Task<IReadOnlyList<OutboxSpending>> ListSpentSinceAsync(DateTimeOffset since, CancellationToken ct) => Task.FromResult<IReadOnlyList<OutboxSpending>>([]);
}
