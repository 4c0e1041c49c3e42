using System.CommandLine;
using ProviderAgent.Adapters;
using ProviderAgent.Bidding;
using ProviderAgent.Chain;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary><c>dry-run</c>: follows the chain and decides by the configured policy, sends nothing, and sums up what it would have bid and earned.</summary>
/// <remarks>Needs no key of its own worth: nothing is signed. Runs beside a daemon, since it touches no ledger.</remarks>
internal sealed class DryRunVerb(ConfigLoader loader, TimeProvider time) : IVerb
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(1);

    public Command Create(CliContext context)
    {
        var length = new Option<string?>("--for") { Description = "How long to follow; default until stopped", HelpName = "DURATION" };
        var plot = new Option<string?>("--plot") { Description = "At the end, draw prices, income and utilisation into this PNG file", HelpName = "FILE" };
        var (settings, stock) = (new OfflineSettings(), new HostStock(time));
        var verb = new Command("dry-run", "Follow the chain and decide on every order as the daemon would, without spending anything; sums up at the end") { length, plot };
        stock.AddTo(verb);
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
            builder.Services.AddSingleton<ICoinPriceOracle, MarketCoinPrice>();
            builder.Services.AddCoinPrices();
            using var host = builder.Build();
            await host.StartAsync(ct);
            try
            {
                var market = host.Services.GetRequiredService<IMarketplace>();
                await market.GetTickAsync(ct);
                var (size, source) = await stock.ReadAsync(parsed, options, ct);
                var lease = options.Pricing.Floor.ExpectedLease;
                using var bidder = new OfflineBidder(options.Bidding, options.Pricing, market.Clock, time, host.Services.GetRequiredService<ILoggerFactory>());
                var run = new Run(market, new([bidder], size, lease), size, options, settings.Akt(parsed, options.Pricing, time.GetUtcNow()), host.Services.GetRequiredService<ICoinPrices>(), time);
                await run.FollowAsync(parsed.GetValue(context.JsonOption) ? null : context.Output, either.Token);
                ct.ThrowIfCancellationRequested();
                var report = new ReplayReport(1, run.Replay.From, run.Replay.To, run.Orders, 0, lease.TotalHours, HostReport.Of(size, source), [ReplayVerb.Describe("configuration", run.Replay.Tallies[0], run.Replay)]);
                context.Print(parsed, report, ReplayJson.Default.ReplayReport, ReplayText.Write);
                if (parsed.GetValue(plot) is { } file) await ReplayVerb.DrawAsync(context, file, [("configuration", run.Replay.Tallies[0])], ct);
                return (int)ExitCode.Done;
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        });
        return verb;
    }

    /// <summary>One dry run: what the daemon would decide, order by order.</summary>
    private sealed class Run(
        IMarketplace market, Replay replay, InventorySnapshot stock, AgentOptions options, CoinPrice? given, ICoinPrices coins, TimeProvider time)
    {
        // Bounds memory; an order that is so much older than the latest is not listed again.
        private const int MaxRemembered = 200_000;

        private readonly HashSet<OrderId> _seen = [];
        private readonly Queue<OrderId> _oldestFirst = [];
        private HostFacts? _host;
        private CoinPrice? _akt;
        private long _readAt;

        public Replay Replay => replay;

        public long Orders { get; private set; }

        /// <summary>Until cancelled.</summary>
        /// <param name="output">Gets a line for each order; null for none.</param>
        /// <param name="ct">Ends it.</param>
        public async Task FollowAsync(TextWriter? output, CancellationToken ct)
        {
            try
            {
                // Orders that are open already count too: they are what a provider that starts now would meet first.
                await AddOpenAsync(output, ct);
                await foreach (var batch in market.FollowAsync(null, ct))
                {
                    if (batch.HasGap) await AddOpenAsync(output, ct); // also the first one: what was posted while nobody listened
                    foreach (var created in batch.Events.OfType<MarketEvent.OrderCreated>())
                    {
                        if (await market.FindOrderAsync(created.Order, ct) is { State: OrderState.Open } order) await AddAsync(order, output, ct);
                    }
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // told to sum up
            }
        }

        private async Task AddOpenAsync(TextWriter? output, CancellationToken ct)
        {
            await foreach (var order in market.ListOpenOrdersAsync(ct)) await AddAsync(order, output, ct);
        }

        /// <summary>Looks at an order, once: listings and events may both tell of it.</summary>
        private async Task AddAsync(Order order, TextWriter? output, CancellationToken ct)
        {
            if (!_seen.Add(order.Id)) return;
            _oldestFirst.Enqueue(order.Id);
            if (_oldestFirst.Count > MaxRemembered) _seen.Remove(_oldestFirst.Dequeue());
            var host = await HostAsync(ct);
            var bids = await market.CountBidsAsync(order.Id, ct);
            Orders++;
            await replay.AddAsync(new(order.Id, time.GetUtcNow(), order.Spec, order.MinReclaimWindow, null), _akt, ct, new(host, bids, order.CreatedAt));
            if (output is null) return;
            await output.WriteLineAsync(replay.Latest[0] switch
            {
                BidDecision.Submit(var quote) => $"{order.Id}: would bid {quote.Price}",
                BidDecision.Decline(var reason, var detail) => $"{order.Id}: no bid, {reason}: {detail}",
                _ => throw new InvalidOperationException("unknown decision"),
            });
        }

        /// <summary>What changes seldom is read anew now and then.</summary>
        private async Task<HostFacts> HostAsync(CancellationToken ct)
        {
            if (_host is not null && time.GetElapsedTime(_readAt) < Refresh) return _host with { Tick = market.Health.Tick };
            var attributes = OfflineSettings.Attributes(options, stock) ?? [];
            var wanted = new ProviderRecord(market.Account, options.Provider.HostUri ?? new("https://nowhere.invalid"), attributes, options.Provider.Email, "");
            _akt = given ?? await coins.ReadAsync(ct);
            _host = await LiveHost.ReadAsync(market, stock, options.Bidding, wanted, ct);
            _readAt = time.GetTimestamp();
            return _host;
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
