using System.CommandLine;
using System.Globalization;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Config;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Hosting;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Devnet;

/// <summary>The tenant's way from an order to its end: <c>deploy</c>, <c>bids</c>, <c>accept</c>, <c>send-manifest</c>, <c>update</c>, <c>deposit</c>, <c>close</c>.</summary>
internal static class DevnetTenantVerbs
{
    private static readonly TimeSpan BidPause = TimeSpan.FromMilliseconds(200);

    // A file that is larger than any manifest a provider takes is not an SDL.
    private const long MaxSdlBytes = 8 * 1024 * 1024;

    public static Command Deploy(CliContext context, DevnetVerbOptions options)
    {
        var file = SdlArgument();
        var deposit = new Option<string>("--deposit") { Description = "Money behind the deployment", HelpName = "COIN", DefaultValueFactory = _ => "5act" };
        var verb = new Command("deploy", "Post what an SDL file asks for as orders") { file, deposit };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var sdl = await ReadSdlAsync(parsed.GetRequiredValue(file), ct);
            var posted = await Sdl(parsed.GetRequiredValue(file), () => tenant.DeployAsync(sdl, ReadCoin("--deposit", parsed.GetRequiredValue(deposit)), ct));
            var orders = posted.Groups.Select((_, index) => new OrderId(posted.Id.Owner, posted.Dseq, (uint)index + 1, 1).ToString());
            var view = new DeploymentView(1, posted.Dseq, posted.Owner, posted.Manifest, [.. orders], posted.Receipt.Transaction, posted.Receipt.Height, posted.Receipt.Fee);
            context.Print(parsed, view, DevnetJson.Default.DeploymentView, (output, done) =>
            {
                output.WriteLine($"deployment {done.Dseq} posted in block {done.Height}, fee {done.Fee}");
                foreach (var order in done.Orders) output.WriteLine($"  order {order}");
                output.WriteLine($"next: provider-agent devnet bids {done.Dseq}");
            });
        }));
        return verb;
    }

    public static Command Bids(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DseqArgument();
        var wait = new Option<string>("--wait") { Description = "Wait so long for a first open bid", HelpName = "DURATION", DefaultValueFactory = _ => "0s" };
        var verb = new Command("bids", "Bids on a deployment, the cheapest open one first") { dseq, wait };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            if (!ValueText.TryRead(typeof(TimeSpan), parsed.GetRequiredValue(wait), out var longest, out var expected))
                throw new ExitException(ExitCode.Usage, $"--wait: '{parsed.GetRequiredValue(wait)}' is not {expected}");
            var bids = await WaitForBidsAsync(tenant, parsed.GetValue(dseq), (TimeSpan)(longest ?? TimeSpan.Zero), ct);
            context.Print(parsed, new TenantBidsView(1, bids), DevnetJson.Default.TenantBidsView, (output, view) =>
            {
                var table = new TextTable("BID", "STATE", "PRICE PER BLOCK");
                foreach (var bid in view.Bids) table.Add(bid.Bid, bid.State, $"{bid.Price} {bid.Denom}");
                if (view.Bids.Count == 0) output.WriteLine("no bids yet");
                else table.WriteTo(output);
            });
        }));
        return verb;
    }

    public static Command Accept(CliContext context, DevnetVerbOptions options)
    {
        var bid = new Argument<string>("bid") { Description = "The bid (owner/dseq/gseq/oseq/provider), or a deployment's number to take its cheapest open bid" };
        var verb = new Command("accept", "Make a lease of a bid") { bid };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var chosen = await ChooseAsync(tenant, parsed.GetRequiredValue(bid), ct);
            var lease = await tenant.AcceptAsync(chosen, ct);
            context.Print(parsed, new TenantLeaseView(1, lease.Lease, lease.Receipt.Transaction, lease.Receipt.Height, lease.Receipt.Fee), DevnetJson.Default.TenantLeaseView, (output, done) =>
            {
                output.WriteLine($"lease {done.Lease} made in block {done.Height}, fee {done.Fee}");
                output.WriteLine($"next: provider-agent devnet send-manifest {chosen.Order.Dseq} FILE.yaml");
            });
        }));
        return verb;
    }

    public static Command SendManifest(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DseqArgument();
        var file = SdlArgument();
        var verb = new Command("send-manifest", "Hand the manifest to the providers that were chosen") { dseq, file };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var sdl = await ReadSdlAsync(parsed.GetRequiredValue(file), ct);
            var receipts = await Sdl(parsed.GetRequiredValue(file), () => tenant.SendManifestAsync(parsed.GetValue(dseq), sdl, ct));
            context.Print(parsed, new ManifestReceiptsView(1, receipts), DevnetJson.Default.ManifestReceiptsView, (output, view) =>
            {
                foreach (var receipt in view.Receipts) output.WriteLine($"{receipt.Provider} at {receipt.HostUri} took the manifest");
                output.WriteLine($"next: provider-agent devnet status {parsed.GetValue(dseq)}");
            });
        }));
        return verb;
    }

    public static Command Update(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DseqArgument();
        var file = SdlArgument();
        var verb = new Command("update", "Announce another manifest with the same resources; send it afterwards") { dseq, file };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var sdl = await ReadSdlAsync(parsed.GetRequiredValue(file), ct);
            PrintReceipt(context, parsed, "updated", await Sdl(parsed.GetRequiredValue(file), () => tenant.UpdateAsync(parsed.GetValue(dseq), sdl, ct)));
        }));
        return verb;
    }

    public static Command Deposit(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DseqArgument();
        var amount = new Argument<string>("amount") { Description = "How much, for example 5act" };
        var verb = new Command("deposit", "Put more money behind a deployment") { dseq, amount };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
            PrintReceipt(context, parsed, "deposited", await tenant.DepositAsync(parsed.GetValue(dseq), ReadCoin("amount", parsed.GetRequiredValue(amount)), ct))));
        return verb;
    }

    public static Command Close(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DseqArgument();
        var verb = new Command("close", "End a deployment; what is left of its deposit comes back") { dseq };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant => PrintReceipt(context, parsed, "closed", await tenant.CloseAsync(parsed.GetValue(dseq), ct))));
        return verb;
    }

    public static Command Balance(CliContext context, DevnetVerbOptions options)
    {
        var account = new Argument<string?>("account") { Description = "Whose (default: the tenant's)", DefaultValueFactory = _ => null };
        var verb = new Command("balance", "What an account holds") { account };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var text = parsed.GetValue(account) ?? tenant.Address.Value;
            if (!ChainAddress.TryParse(text, out var address)) throw new ExitException(ExitCode.Usage, $"'{text}' is not an account of this chain (akash1…)");
            var coins = await tenant.ListBalancesAsync(address, ct);
            var view = new BalanceView(1, address.Value, coins.ToDictionary(coin => coin.Denom.Value, coin => coin.Amount.ToString(CultureInfo.InvariantCulture)));
            context.Print(parsed, view, DevnetJson.Default.BalanceView, (output, done) =>
            {
                foreach (var (denom, amount) in done.Coins) output.WriteLine($"{amount} {denom}");
                if (done.Coins.Count == 0) output.WriteLine("nothing");
            });
        }));
        return verb;
    }

    internal static Argument<ulong> DseqArgument() => new("deployment")
    {
        Description = "The deployment's number (dseq)",
        CustomParser = result =>
        {
            if (ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var dseq)) return dseq;
            result.AddError($"'{result.Tokens[0].Value}' is not a deployment's number; 'devnet deploy' prints it");
            return 0;
        },
    };

    private static Argument<string> SdlArgument() => new("file") { Description = "The SDL file", HelpName = "FILE.yaml" };

    private static async Task<string> ReadSdlAsync(string path, CancellationToken ct)
    {
        try
        {
            if (new FileInfo(path).Length > MaxSdlBytes) throw new ExitException(ExitCode.Usage, $"{path} is larger than {MaxSdlBytes / ByteSize.MiB} MiB and no SDL file");
            return await File.ReadAllTextAsync(path, ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ExitException(ExitCode.Usage, $"the SDL file cannot be read: {error.Message}", error);
        }
    }

    private static async Task<T> Sdl<T>(string path, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (SdlException error)
        {
            throw new ExitException(ExitCode.Failed, string.Join('\n', error.Problems.Select(problem => $"{path}: {problem}")), error);
        }
    }

    private static Coin ReadCoin(string name, string text) => ValueText.TryRead(typeof(Coin), text, out var value, out var expected) && value is Coin coin
        ? coin
        : throw new ExitException(ExitCode.Usage, $"{name}: '{text}' is not {expected}");

    private static async Task<IReadOnlyList<TenantBid>> WaitForBidsAsync(DevnetTenant tenant, ulong dseq, TimeSpan longest, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(longest, TimeProvider.System);
        while (true)
        {
            var bids = await tenant.ListBidsAsync(dseq, ct);
            if (bids.Any(bid => bid.State == "open") || limit.IsCancellationRequested) return bids;
            await Task.Delay(BidPause, TimeProvider.System, ct);
        }
    }

    private static async Task<BidId> ChooseAsync(DevnetTenant tenant, string text, CancellationToken ct)
    {
        if (BidId.TryParse(text, out var bid)) return bid;
        if (!ulong.TryParse(text, out var dseq)) throw new ExitException(ExitCode.Usage, $"'{text}' is neither a bid (owner/dseq/gseq/oseq/provider) nor a deployment's number");
        return (await tenant.ListBidsAsync(dseq, ct)).FirstOrDefault(bid => bid.State == "open")?.Id
            ?? throw new ExitException(ExitCode.Failed, $"deployment {dseq} has no open bid; wait for one with: provider-agent devnet bids {dseq} --wait 1m");
    }

    private static void PrintReceipt(CliContext context, ParseResult parsed, string what, TenantReceipt receipt) =>
        context.Print(parsed, new ReceiptView(1, what, receipt.Transaction, receipt.Height, receipt.Fee), DevnetJson.Default.ReceiptView, (output, done) =>
            output.WriteLine($"{done.Result} in block {done.Height}, fee {done.Fee}"));
}
