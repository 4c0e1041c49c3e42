using System.CommandLine;
using ProviderAgent.Bidding;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary><c>price SDL…</c>: what we would bid on each file's groups, line by line, or the reason we would not.</summary>
internal sealed class PriceVerb(ConfigLoader loader, TimeProvider time) : IVerb
{
    // A reader of SDL takes less; this only keeps a device file from filling memory.
    private const int MaxBytes = 1024 * 1024;

    private static readonly AccountAddress Somebody = AccountAddress.Parse("akash1tenant");

    public Command Create(CliContext context)
    {
        var files = new Argument<string[]>("sdl") { Description = "Files that tenants write", Arity = ArgumentArity.OneOrMore };
        var settings = new OfflineSettings();
        var owner = new Option<string>("--owner") { Description = "The tenant, for rules and lists that name some", HelpName = "ACCOUNT", DefaultValueFactory = _ => Somebody.Value };
        var verb = new Command("price", "What would be bid on these files, line by line, or why not; looks at the settings only, not at the host or the chain") { files, owner };
        settings.AddTo(verb);
        verb.SetAction(async (parsed, ct) =>
        {
            var options = OfflineSettings.Load(context, loader, parsed);
            if (!AccountAddress.TryParse(parsed.GetValue(owner), out var tenant)) throw new ExitException(ExitCode.Usage, $"--owner: '{parsed.GetValue(owner)}' is not an account address");
            using var loggers = LoggerFactory.Create(_ => { });
            using var bidder = new OfflineBidder(options.Bidding, options.Pricing, settings.Clock(parsed), time, loggers);
            var facts = new PricingFacts { Now = time.GetUtcNow(), Akt = settings.Akt(parsed, options.Pricing, time.GetUtcNow()), AktProblem = "give --akt-usd" };
            var priced = new List<PricedFile>();
            foreach (var file in parsed.GetValue(files) ?? []) priced.Add(await PriceAsync(bidder, file, tenant, facts, ct));
            var report = new PriceReport(1, priced, bidder.Warnings);
            context.Print(parsed, report, PriceJson.Default.PriceReport, PriceText.Write);
            return (int)(priced.Any(file => file.Errors.Count > 0) ? ExitCode.Failed : ExitCode.Done);
        });
        return verb;
    }

    private static async Task<PricedFile> PriceAsync(OfflineBidder bidder, string file, AccountAddress tenant, PricingFacts facts, CancellationToken ct)
    {
        SdlDeployment deployment;
        try
        {
            deployment = SdlReader.Read(await ReadAsync(file, ct));
        }
        catch (SdlException error)
        {
            return new(file, [], [.. error.Problems.Select(problem => new SdlError(problem.Line, problem.Column, problem.Path, problem.Message))]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new(file, [], [new(0, 0, "", $"cannot be read: {error.Message}")]);
        }

        var groups = new List<PricedGroup>();
        foreach (var (group, index) in deployment.Groups.Select((group, index) => (group, index)))
        {
            var order = new OrderFacts(new(tenant, 1, (uint)index + 1, 1), group, deployment.MinReclaimWindow, null);
            groups.Add(Describe(group, await bidder.DecideAsync(order, facts, ct)));
        }

        return new(file, groups, []);
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        await using var stream = File.OpenRead(file);
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (body.Length + read > MaxBytes) throw new IOException($"it is larger than {MaxBytes / 1024} KiB; that is no SDL");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static PricedGroup Describe(GroupSpec group, BidDecision decision)
    {
        var limit = group.PriceLimit;
        var (quote, reason, detail) = decision switch
        {
            BidDecision.Submit(var price) => (price, (DeclineReason?)null, (string?)null),
            BidDecision.Decline decline => (decline.Quote, decline.Reason, decline.Detail),
            _ => throw new InvalidOperationException($"unknown decision {decision.GetType().Name}"),
        };
        return new(
            group.Name,
            reason is null ? "bid" : "decline",
            reason?.ToString(),
            detail,
            quote is null ? null : new(quote.Price.Denom.Value, quote.Price.Amount.ToString()),
            new(limit.Denom.Value, limit.Amount.ToString()),
            quote?.UsdPerMonth?.ToString(),
            quote?.LineUnit,
            [.. (quote?.Lines ?? []).Select(line => new PricedLine(line.Item, line.Quantity, line.Rate.ToString(), line.Amount.ToString()))]);
    }
}

/// <summary>Prices for people.</summary>
internal static class PriceText
{
    public static void Write(TextWriter output, PriceReport report)
    {
        foreach (var warning in report.Warnings) output.WriteLine($"! pricing: {warning}");
        foreach (var file in report.Files)
        {
            output.WriteLine(file.File);
            foreach (var error in file.Errors) output.WriteLine($"  error: {(error.Line > 0 ? $"line {error.Line}, column {error.Column}: " : "")}{(error.Field.Length > 0 ? $"{error.Field}: " : "")}{error.Message}");
            foreach (var group in file.Groups) WriteGroup(output, group);
        }
    }

    private static void WriteGroup(TextWriter output, PricedGroup group)
    {
        output.WriteLine(group.Reason is null
            ? $"  {group.Name}: bid {group.Price?.Amount} {group.Price?.Denom} per block (limit {group.Limit.Amount})"
            : $"  {group.Name}: no bid, {group.Reason}: {group.Detail}");
        if (group.Lines.Count == 0) return;
        var table = new TextTable("    PRICE OF", "QUANTITY", "EACH", group.LineUnit?.ToUpperInvariant() ?? "");
        foreach (var line in group.Lines) table.Add("    " + line.Item, line.Quantity, line.UnitPrice, line.Amount);
        if (group.UsdPerMonth is { } usd) table.Add("    all", "", "", usd + (group.LineUnit == Quote.UsdMonth ? "" : " usd/month"));
        table.WriteTo(output);
    }
}
