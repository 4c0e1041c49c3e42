using System.CommandLine;
using ProviderAgent.Adapters;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Market;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs;

/// <summary>What a provider does on the market apart from trading: <c>register</c>, <c>attributes</c>, <c>cert</c>, <c>convert</c>.</summary>
internal sealed class MarketVerbs(ConfigLoader loader)
{
    // An action waits until the chain has it in a block, or refuses it for good.
    private static readonly TimeSpan ActionDeadline = TimeSpan.FromMinutes(10);

    public IEnumerable<IVerb> All()
    {
        yield return new Register(this);
        yield return new Attributes(this);
        yield return new Cert(this);
        yield return new Convert(this);
    }

    /// <summary>Has the running daemon act, which has the key and knows the hardware; where none runs, acts itself.</summary>
    private async Task<int> ActAsync(CliContext context, ParseResult parsed, string path, Func<MarketActs, Task<ActView>> alone, CancellationToken ct)
    {
        var options = loader.Load(context.Sources(parsed));
        ActView view;
        try
        {
            using var daemon = new OperatorClient(options.Operator, ActionDeadline);
            view = await daemon.PostAsync(path, OperatorJson.Default.ActView, ct);
        }
        catch (ExitException error) when (error.InnerException is HttpRequestException)
        {
            view = await OneOffMarket.RunAsync(options, services => alone(services.GetRequiredService<MarketActs>()), ct);
        }

        foreach (var change in view.Changes) await context.Errors.WriteLineAsync(change);
        foreach (var warning in view.Warnings) await context.Errors.WriteLineAsync($"! {warning}");
        context.Print(parsed, view, OperatorJson.Default.ActView, (output, done) => output.WriteLine(done.Result switch
        {
            "unchanged" => "already as configured",
            "shown" => "nothing was sent",
            _ => done.Transaction is null ? "done" : $"done in transaction {done.Transaction}, fee {done.Fee}",
        }));
        return (int)ExitCode.Done;
    }

    private sealed class Register(MarketVerbs verbs) : IVerb
    {
        public Command Create(CliContext context)
        {
            var verb = new Command("register", "Put the provider's public entry on the market, or change it to what the configuration says");
            verb.SetAction((parsed, ct) => verbs.ActAsync(
                context, parsed, "/api/v1/provider?create=true", acts => acts.PublishRecordAsync(mayCreate: true, isTrial: false, isForced: false, ct), ct));
            return verb;
        }
    }

    private sealed class Attributes(MarketVerbs verbs) : IVerb
    {
        public Command Create(CliContext context)
        {
            var trial = new Option<bool>("--dry-run") { Description = "Only show the difference" };
            var force = new Option<bool>("--force") { Description = "Change it though that voids what an auditor has signed" };
            var verb = new Command("attributes", "Make the public entry equal to the configuration and the GPUs that are there; the running daemon knows these") { trial, force };
            verb.SetAction((parsed, ct) =>
            {
                var (isTrial, isForced) = (parsed.GetValue(trial), parsed.GetValue(force));
                return verbs.ActAsync(
                    context, parsed, $"/api/v1/provider?trial={Text(isTrial)}&force={Text(isForced)}", acts => acts.PublishRecordAsync(mayCreate: false, isTrial, isForced, ct), ct);
            });
            return verb;
        }
    }

    private sealed class Cert(MarketVerbs verbs) : IVerb
    {
        public Command Create(CliContext context) =>
            new("cert", "The gateway's certificate: make it, put it on the market, replace it, take one out of use") { Make(context), Publish(context), Rotate(context), Revoke(context) };

        private Command Make(CliContext context)
        {
            var create = new Command("create", "Make the gateway's certificate when there is none, without putting it on the market");
            create.SetAction((parsed, ct) => OneOffMarket.WithServicesAsync(verbs.LoadFor(context, parsed), services =>
            {
                var certificate = services.GetRequiredService<GatewayCertificate>().ReadOrCreate();
                var view = new ActView(1, "done", null, null, [$"certificate {certificate.Serial}, valid until {certificate.NotAfter:u}"], []);
                context.Print(parsed, view, OperatorJson.Default.ActView, (output, done) => output.WriteLine(done.Changes[0]));
                return Task.FromResult((int)ExitCode.Done);
            }));
            return create;
        }

        private Command Publish(CliContext context)
        {
            var publish = new Command("publish", "Make the gateway's certificate when there is none, and put it on the market");
            publish.SetAction((parsed, ct) => verbs.ActAsync(context, parsed, "/api/v1/certificate/publish", acts => acts.PublishCertificateAsync(ct), ct));
            return publish;
        }

        private Command Rotate(CliContext context)
        {
            var rotate = new Command("rotate", "Make and publish a new certificate, show that one from then on, and revoke the old one");
            rotate.SetAction((parsed, ct) => verbs.ActAsync(context, parsed, "/api/v1/certificate/rotate", acts => acts.RotateCertificateAsync(revokeOld: true, ct), ct));
            return rotate;
        }

        private Command Revoke(CliContext context)
        {
            var serial = new Argument<string?>("serial") { Description = "Its serial number; the gateway's own when not given", Arity = ArgumentArity.ZeroOrOne };
            var force = new Option<bool>("--force") { Description = "Also the one that the gateway shows: no tenant can reach a lease then" };
            var revoke = new Command("revoke", "Take a certificate of this account out of use for good") { serial, force };
            revoke.SetAction((parsed, ct) =>
            {
                var (number, isForced) = (parsed.GetValue(serial), parsed.GetValue(force));
                var path = $"/api/v1/certificate/revoke?force={Text(isForced)}{(number is null ? "" : $"&serial={Uri.EscapeDataString(number)}")}";
                return verbs.ActAsync(context, parsed, path, acts => acts.RevokeCertificateAsync(number, isForced, ct), ct);
            });
            return revoke;
        }
    }

    private sealed class Convert(MarketVerbs verbs) : IVerb
    {
        public Command Create(CliContext context)
        {
            var amount = new Argument<string?>("amount") { Description = "How much of the earnings, for example 10000000uact; all when not given", Arity = ArgumentArity.ZeroOrOne };
            var verb = new Command("convert", "Turn earnings into fee coin, by burning the one and minting the other on the market; the daemon does it") { amount };
            verb.SetAction(async (parsed, ct) =>
            {
                var path = "/api/v1/convert";
                if (parsed.GetValue(amount) is { } text)
                {
                    if (!Coin.TryParse(text, out var coin) || coin.Amount <= 0 || coin.Denom.Value != "uact") throw new ExitException(ExitCode.Usage, $"'{text}' is not an amount of earnings such as 10000000uact");
                    path += string.Create(System.Globalization.CultureInfo.InvariantCulture, $"?amount={coin.Amount}");
                }

                using var daemon = new OperatorClient(verbs.LoadFor(context, parsed).Operator, ActionDeadline);
                await context.Errors.WriteLineAsync("converting; this waits for the chain's next blocks …");
                var view = await daemon.PostAsync(path, OperatorJson.Default.ConvertView, ct);
                context.Print(parsed, view, OperatorJson.Default.ConvertView, (output, done) => output.WriteLine(done.Detail is { } why
                    ? $"nothing was converted: {why}"
                    : $"{done.Burned} become about {done.Estimate} within {Math.Ceiling(done.WithinSeconds / 60):0} min; transaction {done.Transaction}, fee {done.Fee}"));
                return (int)(view.Result == "done" ? ExitCode.Done : ExitCode.Refused);
            });
            return verb;
        }
    }

    private AgentOptions LoadFor(CliContext context, ParseResult parsed) => loader.Load(context.Sources(parsed));

    private static string Text(bool value) => value ? "true" : "false";
}

/// <summary>Acts on the market once, without the daemon. The ledger's lock sees to it that only one of the two uses the key.</summary>
internal static class OneOffMarket
{
    /// <summary>With the chain at hand, and what an earlier run sent settled.</summary>
    public static async Task<T> RunAsync<T>(AgentOptions options, Func<IServiceProvider, Task<T>> act, CancellationToken ct)
    {
        using var host = Build(options);
        await host.StartAsync(ct);
        try
        {
            var market = host.Services.GetRequiredService<IMarketplace>();
            await market.GetTickAsync(ct);
            await host.Services.GetRequiredService<Ledger.LedgerDatabase>().BindAsync(market.Health.Network, market.Account, ct);
            await market.SettleAsync(ct);
            return await act(host.Services);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>With nothing started.</summary>
    public static async Task<T> WithServicesAsync<T>(AgentOptions options, Func<IServiceProvider, Task<T>> act)
    {
        using var host = Build(options);
        return await act(host.Services);
    }

    private static IHost Build(AgentOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddAgentLogging(LogLevel.Warning);
        builder.Services.AddAgentCore(options);
        return builder.Build();
    }
}
