using System.CommandLine;
using System.Globalization;
using ProviderAgent.Adapters;
using ProviderAgent.Bidding;
using ProviderAgent.Cli.Plots;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Ledger;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary><c>replay</c>: runs one policy or several over the orders that this host has seen. With none named, the configured one: what this host could earn.</summary>
internal sealed class ReplayVerb(ConfigLoader loader, TimeProvider time) : IVerb
{
    private readonly Option<string[]> _policies = new("--policy") { Description = "File with the section pricing; may be repeated. Default: the configuration", HelpName = "FILE", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _from = new("--from") { Description = "Orders seen since then, such as 2026-03-01 or 2026-03-01T12:00:00Z", HelpName = "TIME" };
    private readonly Option<string?> _to = new("--to") { Description = "Orders seen before then", HelpName = "TIME" };
    private readonly Option<string> _lease = new("--lease") { Description = "How long a lease is taken to last", HelpName = "DURATION", DefaultValueFactory = _ => "7d" };
    private readonly Option<string?> _plot = new("--plot") { Description = "Also draw prices, income and utilisation into this PNG file", HelpName = "FILE" };
    private readonly HostStock _host = new(time);
    private readonly OfflineSettings _settings = new();

    public Command Create(CliContext context)
    {
        var verb = new Command("replay", "Run price policies over the recorded orders and compare what they would have won and earned")
        {
            _policies, _from, _to, _lease, _plot,
        };
        _host.AddTo(verb);
        _settings.AddTo(verb);
        verb.SetAction((parsed, ct) => RunAsync(context, parsed, ct));
        return verb;
    }

    private async Task<int> RunAsync(CliContext context, ParseResult parsed, CancellationToken ct)
    {
        var options = OfflineSettings.Load(context, loader, parsed);
        var files = parsed.GetValue(_policies) ?? [];
        (string Name, AgentOptions Options)[] policies = files.Length == 0 ? [("configuration", options)] : [.. files.Select(file => (Path.GetFileName(file), OfflineSettings.LoadPolicy(loader, file)))];
        var length = Read<TimeSpan>(parsed.GetValue(_lease), "--lease");
        if (length <= TimeSpan.Zero) throw new ExitException(ExitCode.Usage, "--lease must be above 0");
        var (stock, source) = await _host.ReadAsync(parsed, options, ct);
        var (from, to) = (Moment(parsed.GetValue(_from), DateTimeOffset.UnixEpoch, "--from"), Moment(parsed.GetValue(_to), time.GetUtcNow().AddYears(1), "--to"));

        using var loggers = LoggerFactory.Create(_ => { });
        OfflineBidder[] bidders = [.. policies.Select(policy => new OfflineBidder(policy.Options.Bidding, policy.Options.Pricing, _settings.Clock(parsed), time, loggers, OfflineSettings.Attributes(options, stock)))];
        try
        {
            foreach (var (name, warning) in policies.Zip(bidders).SelectMany(pair => pair.Second.Warnings.Select(warning => (pair.First.Name, warning)))) await context.Errors.WriteLineAsync($"! {name}: pricing: {warning}");
            var replay = new Replay(bidders, stock, length);
            var akt = _settings.Akt(parsed, options.Pricing, time.GetUtcNow());
            using var recorded = SeenOrderFile.Open(options.State.Directory);
            long orders = 0, unreadable = 0;
            foreach (var stored in recorded.Read(from, to))
            {
                ct.ThrowIfCancellationRequested();
                if (OrderLog.TryRead(stored) is not { } order)
                {
                    unreadable++;
                    continue;
                }

                await replay.AddAsync(order, akt, ct);
                orders++;
            }

            var report = new ReplayReport(1, replay.From, replay.To, orders, unreadable + recorded.Damaged, length.TotalHours, HostReport.Of(stock, source), [.. policies.Zip(replay.Tallies).Select(pair => Describe(pair.First.Name, pair.Second, replay))]);
            context.Print(parsed, report, ReplayJson.Default.ReplayReport, ReplayText.Write);
            if (parsed.GetValue(_plot) is { } file) await DrawAsync(context, file, [.. policies.Zip(replay.Tallies).Select(pair => (pair.First.Name, pair.Second))], ct);
            return (int)ExitCode.Done;
        }
        finally
        {
            foreach (var bidder in bidders) bidder.Dispose();
        }
    }

    /// <summary>Draws the picture.</summary>
    internal static async Task DrawAsync(CliContext context, string file, IReadOnlyList<(string, PolicyTally)> policies, CancellationToken ct)
    {
        try
        {
            await File.WriteAllBytesAsync(file, ReplayPlot.Draw(policies), ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ExitException(ExitCode.Failed, $"--plot: {error.Message}", error);
        }

        await context.Errors.WriteLineAsync($"drawn into {file}");
    }

    /// <summary>The sums of one policy.</summary>
    internal static PolicyReport Describe(string name, PolicyTally tally, Replay replay)
    {
        var days = replay is { From: { } from, To: { } to } ? (to - from).TotalDays : 0;
        var income = tally.IncomeUsd.Round(2, MidpointRounding.ToEven);
        var perMonth = days > 1.0 / 24 ? ((double)tally.IncomeUsd.Atomics / 1e18 / days * 30.437).ToString("0.00", CultureInfo.InvariantCulture) : null;
        return new(
            name,
            tally.Bids,
            tally.Wins,
            tally.Leases,
            tally.Missed,
            income.ToString(),
            perMonth,
            new(tally.Percentile(0.1), tally.Percentile(0.5), tally.Percentile(0.9)),
            new(tally.Use.Cpu, tally.Use.Memory, tally.Use.Storage, tally.Use.Gpus),
            tally.Declined.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            [.. tally.Histogram.Select(bar => new PriceBar(bar.UpToUsd, bar.Bids))]);
    }

    private static T Read<T>(string? text, string name) =>
        ValueText.TryRead(typeof(T), text ?? "", out var value, out var expected) && value is T read ? read : throw new ExitException(ExitCode.Usage, $"{name}: '{text}' is not {expected}");

    private static DateTimeOffset Moment(string? text, DateTimeOffset otherwise, string name)
    {
        if (text is null) return otherwise;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : throw new ExitException(ExitCode.Usage, $"{name}: '{text}' is not a time such as 2026-03-01T12:00:00Z");
    }
}
