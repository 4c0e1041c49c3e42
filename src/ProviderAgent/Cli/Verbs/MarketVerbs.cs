using System.CommandLine;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>register</c>: puts the provider's public entry on the market and keeps it equal to the configuration.</summary>
internal sealed class RegisterVerb(ConfigLoader loader) : IVerb
{
    public Command Create(CliContext context)
    {
        var verb = new Command("register", "Put the provider's public entry on the market, or change it to what the configuration says");
        verb.SetAction((parsed, ct) => OneOffMarket.RunAsync(context, loader, parsed, async (market, services) =>
        {
            var provider = services.GetRequiredService<IOptions<ProviderOptions>>().Value;
            var wanted = new ProviderRecord(
                market.Account,
                provider.HostUri ?? throw new ExitException(ExitCode.Configuration, "provider.host_uri is missing"),
                provider.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => new MarketAttribute(attribute.Key, attribute.Value)).ToValueList(),
                provider.Email,
                provider.Website?.OriginalString ?? "");
            var present = await market.FindProviderAsync(market.Account, ct);
            var changes = Difference(present, wanted);
            if (changes.Count == 0) return new ActReport(1, "unchanged", null, null, changes);
            foreach (var change in changes) await context.Errors.WriteLineAsync(change);
            return OneOffMarket.Report(await market.SubmitAsync(present is null ? new MarketAction.CreateProvider(wanted) : new MarketAction.UpdateProvider(wanted), ct), changes);
        }, ct));
        return verb;
    }

    private static List<string> Difference(ProviderRecord? present, ProviderRecord wanted)
    {
        var changes = new List<string>();
        Compare("host_uri", present?.HostUri.OriginalString.TrimEnd('/'), wanted.HostUri.OriginalString.TrimEnd('/'));
        Compare("email", present?.Email ?? "", wanted.Email);
        Compare("website", present?.Website ?? "", wanted.Website);
        foreach (var attribute in wanted.Attributes.Except(present?.Attributes ?? [])) changes.Add($"+ {attribute}");
        foreach (var attribute in (present?.Attributes ?? []).Except(wanted.Attributes)) changes.Add($"- {attribute}");
        return changes;

        void Compare(string what, string? before, string after)
        {
            if (before != after) changes.Add($"{what}: {(string.IsNullOrEmpty(before) ? "(none)" : before)} -> {(after.Length == 0 ? "(none)" : after)}");
        }
    }
}

/// <summary><c>cert publish</c>: puts the gateway's certificate on the market, so that tenants can tell it is ours.</summary>
internal sealed class CertVerb(ConfigLoader loader) : IVerb
{
    public Command Create(CliContext context)
    {
        var publish = new Command("publish", "Make the gateway's certificate when there is none, and put it on the market");
        publish.SetAction((parsed, ct) => OneOffMarket.RunAsync(context, loader, parsed, async (market, services) =>
        {
            var certificate = services.GetRequiredService<GatewayCertificate>().ReadOrCreate();
            if (await market.FindCertificateAsync(market.Account, certificate.Serial, ct) is { } known)
            {
                if (!known.IsValid) throw new ExitException(ExitCode.Refused, $"certificate {certificate.Serial} was revoked; remove gateway.crt and gateway.key from the state directory and run this again");
                return new ActReport(1, "unchanged", null, null, []);
            }

            return OneOffMarket.Report(await market.SubmitAsync(certificate.Publish, ct), [$"+ certificate {certificate.Serial}, valid until {certificate.NotAfter:u}"]);
        }, ct));
        return new("cert", "The gateway's certificate on the market") { publish };
    }
}

/// <summary>Acts on the market once, without the daemon. The ledger's lock sees to it that only one of the two uses the key.</summary>
internal static class OneOffMarket
{
    public static async Task<int> RunAsync(CliContext context, ConfigLoader loader, ParseResult parsed, Func<IMarketplace, IServiceProvider, Task<ActReport>> act, CancellationToken ct)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddAgentLogging(LogLevel.Warning);
        builder.Services.AddAgentCore(loader.Load(context.Sources(parsed)));
        using var host = builder.Build();
        await host.StartAsync(ct);
        try
        {
            var market = host.Services.GetRequiredService<IMarketplace>();
            await market.GetTickAsync(ct);
            await host.Services.GetRequiredService<Ledger.LedgerDatabase>().BindAsync(market.Health.Network, market.Account, ct);
            await market.SettleAsync(ct);
            var report = await act(market, host.Services);
            context.Print(parsed, report, ActJson.Default.ActReport, (output, done) =>
                output.WriteLine(done.Result == "unchanged" ? "already as configured" : $"done in transaction {done.Transaction}, fee {done.Fee}"));
            return (int)ExitCode.Done;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    public static ActReport Report(ActionOutcome outcome, IReadOnlyList<string> changes) => outcome switch
    {
        ActionOutcome.Done done => new(1, "done", done.Transaction, done.Fee.ToString(), changes),
        ActionOutcome.Refused { Reason: MarketRefusal.InsufficientFunds or MarketRefusal.Unauthorized } refused =>
            throw new ExitException(ExitCode.Chain, $"the account cannot pay for this ({refused.Detail}): send some AKT to it first"),
        ActionOutcome.Refused refused => throw new ExitException(ExitCode.Chain, $"the chain refused it ({refused.Reason}): {refused.Detail}"),
        _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
    };
}

/// <param name="Schema">Version of this document.</param>
/// <param name="Result">done or unchanged.</param>
/// <param name="Transaction">The transaction; null when none was needed.</param>
/// <param name="Fee">What it cost; null when nothing.</param>
/// <param name="Changes">What it changed.</param>
internal sealed record ActReport(int Schema, string Result, string? Transaction, string? Fee, IReadOnlyList<string> Changes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ActReport))]
internal sealed partial class ActJson : JsonSerializerContext;
