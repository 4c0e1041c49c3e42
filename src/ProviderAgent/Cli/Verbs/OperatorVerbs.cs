using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs;

/// <summary>Verbs that ask the running daemon: <c>status</c>, <c>leases</c>, <c>bids</c>, <c>earnings</c>, <c>why</c>, <c>withdraw</c>.</summary>
internal sealed class OperatorVerbs(ConfigLoader loader)
{
    private static readonly TimeSpan QuestionDeadline = TimeSpan.FromSeconds(30);

    // A withdrawal waits until the chain has it in a block, or refuses it for good.
    private static readonly TimeSpan ActionDeadline = TimeSpan.FromMinutes(10);

    public IEnumerable<IVerb> All()
    {
        yield return Ask("status", "How the provider is doing now", "/api/v1/status", OperatorJson.Default.StatusView, OperatorText.Status);
        yield return Ask("leases", "Leases with their services", "/api/v1/leases", OperatorJson.Default.LeasesView, OperatorText.Leases);
        yield return Ask("bids", "Open bids, the latest decisions, and why orders were declined", "/api/v1/bids", OperatorJson.Default.BidsView, OperatorText.Bids);
        yield return Ask("earnings", "Income, fees and usage of each lease", "/api/v1/earnings", OperatorJson.Default.EarningsView, OperatorText.Earnings);
        yield return new Why(this);
        yield return new Withdraw(this);
    }

    private OperatorClient Connect(CliContext context, ParseResult parsed, TimeSpan deadline) => new(loader.Load(context.Sources(parsed)).Operator, deadline);

    private Question<T> Ask<T>(string name, string help, string path, JsonTypeInfo<T> type, Action<TextWriter, T> text) => new(this, name, help, path, type, text);

    private sealed class Question<T>(OperatorVerbs verbs, string name, string help, string path, JsonTypeInfo<T> type, Action<TextWriter, T> text) : IVerb
    {
        public Command Create(CliContext context)
        {
            var verb = new Command(name, help);
            verb.SetAction(async (parsed, ct) =>
            {
                using var daemon = verbs.Connect(context, parsed, QuestionDeadline);
                context.Print(parsed, await daemon.GetAsync(path, type, ct), type, text);
                return (int)ExitCode.Done;
            });
            return verb;
        }
    }

    private sealed class Why(OperatorVerbs verbs) : IVerb
    {
        public Command Create(CliContext context)
        {
            var argument = new Argument<string>("order") { Description = "owner/dseq/gseq/oseq, as 'bids' shows it" };
            var verb = new Command("why", "The stored decision on an order, with everything that it was made from") { argument };
            verb.SetAction(async (parsed, ct) =>
            {
                if (!OrderId.TryParse(parsed.GetValue(argument), out var order)) throw new ExitException(ExitCode.Usage, $"'{parsed.GetValue(argument)}' is not an order: owner/dseq/gseq/oseq");
                using var daemon = verbs.Connect(context, parsed, QuestionDeadline);
                context.Print(parsed, await daemon.GetAsync($"/api/v1/orders/{order}", OperatorJson.Default.WhyView, ct), OperatorJson.Default.WhyView, WhyText.Write);
                return (int)ExitCode.Done;
            });
            return verb;
        }
    }

    private sealed class Withdraw(OperatorVerbs verbs) : IVerb
    {
        public Command Create(CliContext context)
        {
            var verb = new Command("withdraw", "Draw what all leases have earned, now");
            verb.SetAction(async (parsed, ct) =>
            {
                using var daemon = verbs.Connect(context, parsed, ActionDeadline);
                await context.Errors.WriteLineAsync("withdrawing; this waits for the chain's next blocks …");
                context.Print(parsed, await daemon.PostAsync("/api/v1/withdraw", OperatorJson.Default.WithdrawView, ct), OperatorJson.Default.WithdrawView, OperatorText.Withdrawals);
                return (int)ExitCode.Done;
            });
            return verb;
        }
    }
}

/// <summary>The daemon's answers as text for people.</summary>
internal static class OperatorText
{
    public static void Status(TextWriter output, StatusView view)
    {
        output.WriteLine($"provider-agent {view.Version}, {view.Account}");
        output.WriteLine($"  host      {view.HostUri}");
        output.WriteLine($"  chain     {Mark(view.Chain.Ok)} {(view.Chain.Network.Length > 0 ? view.Chain.Network : "(network not seen yet)")}{(view.Chain.Tick is { } tick ? $", block {Number(tick)}, {view.Chain.TickAgeSeconds:0} s ago" : "")}");
        output.WriteLine($"  engine    {Mark(view.Engine.Ok)} {view.Engine.Detail}");
        output.WriteLine($"  ledger    {Mark(view.Ledger.Ok)} {view.Ledger.Detail}");
        output.WriteLine($"  bidding   {(view.Bidding.Draining ?? view.Bidding.Paused ?? (view.Bidding.Ready ? "on" : "starting"))}, {view.Bidding.OpenBids} open bids, {view.Bidding.LiveOrders} orders in hand");
        output.WriteLine($"  leases    {view.Leases}");
        if (view.Reach is { LookedAt: not null } reach) output.WriteLine($"  reach     {Mark(!reach.Findings.Any(finding => finding.Finding is DoctorCheck.Warns or DoctorCheck.Blocks))} {ReachText.Line(reach)}");
        foreach (var resource in view.Resources.Where(resource => resource.Total > 0 || resource.Used > 0))
            output.WriteLine($"  {resource.Kind,-9} {Amount(resource.Kind, resource.Free)} free of {Amount(resource.Kind, resource.Total)}{(resource.Fault is null ? "" : $" (not for sale: {resource.Fault})")}");
        foreach (var problem in view.Problems) output.WriteLine($"! {problem}");
    }

    public static void Leases(TextWriter output, LeasesView view)
    {
        if (view.Stale) output.WriteLine("! the container engine does not answer; this is what was seen last");
        if (view.Leases.Count == 0) output.WriteLine("no leases");
        foreach (var lease in view.Leases)
        {
            output.WriteLine($"{lease.Lease}  {lease.Stage}  {lease.Price}{(lease.ManifestDueAt is { } due ? $"  waits for its manifest until {due:u}" : "")}");
            if (lease.Problem is not null) output.WriteLine($"  ! {lease.Problem}");
            foreach (var signal in lease.Signals) output.WriteLine($"  ! {signal.Text} (first at {signal.FirstSeenAt:u}, last at {signal.LastSeenAt:u})");
            foreach (var service in lease.Services)
            {
                var ports = string.Join(", ", service.Ports.Select(port => $"{port.Container}/{port.Protocol} on {port.Host}"));
                output.WriteLine($"  {service.Name}  {service.Ready}/{service.Replicas} ready, {service.Restarts} restarts  {service.Image}{(ports.Length > 0 ? $"  {ports}" : "")}");
                foreach (var host in service.Hosts)
                    output.WriteLine($"    {(host.CertificateUntil is null ? "http" : "https")}://{host.Host}  {host.State}{(host.CertificateUntil is { } until ? $", certificate until {until:yyyy-MM-dd}" : "")}{(host.Detail is null ? "" : $": {host.Detail}")}");
                foreach (var instance in service.Instances.Where(instance => instance.LastExit is not null))
                    output.WriteLine($"    {instance.Name}  {instance.State}, last ended {instance.LastExit!.At:u}: {instance.LastExit.Reason}, exit code {instance.LastExit.ExitCode}");
                foreach (var instance in service.Instances.Where(instance => instance.Health is { Status: not "healthy" }))
                    output.WriteLine($"    {instance.Name}  {instance.Health!.Status} by its image's own check{(instance.Health.Output.Length > 0 ? $": {instance.Health.Output}" : "")}");
                foreach (var volume in service.Volumes) output.WriteLine($"    volume {volume.Name} of {volume.Instance}  {new ByteSize(volume.LimitBytes)} {volume.Class} at {volume.Path}{(volume.LimitEnforced ? "" : " (size not enforced)")}");
                foreach (var note in service.Notes) output.WriteLine($"    {note.At:u} {note.Instance} {note.Text}");
                if (service.Problem is not null) output.WriteLine($"    ! {service.Problem}");
            }
        }
    }

    public static void Bids(TextWriter output, BidsView view)
    {
        var bids = new TextTable("OPEN BID", "STAGE", "PRICE", "TAKEN BACK IN");
        foreach (var bid in view.Bids) bids.Add(bid.Order, bid.Stage, bid.Price ?? "-", bid.SecondsLeft is { } left ? $"{left:0} s" : "never");
        if (view.Bids.Count == 0) output.WriteLine("no open bids");
        else bids.WriteTo(output);
        if (view.Recent.Count == 0) return;
        output.WriteLine();
        var recent = new TextTable("LATEST DECISIONS", "AT", "DECISION", "WHY");
        foreach (var row in view.Recent) recent.Add(row.Order, row.DecidedAt.ToString("u", CultureInfo.InvariantCulture), row.Decision, row.Decision == "bid" ? row.Price ?? "" : $"{row.Reason}: {row.Detail}");
        recent.WriteTo(output);
        output.WriteLine();
        output.WriteLine("in the last day: " + string.Join(", ", view.Reasons.Select(reason => $"{reason.Orders} {(reason.Decision == "bid" ? "bid" : reason.Reason)}")));
    }

    public static void Earnings(TextWriter output, EarningsView view)
    {
        output.WriteLine($"withdrawn  {Sum(view.Withdrawn)}");
        output.WriteLine($"owed       {(view.Owed is null ? "not known: the chain does not answer" : Sum(view.Owed))}");
        output.WriteLine($"fees       {Sum(view.Fees)} (of withdrawals)");
        if (view.Leases.Count == 0) return;
        output.WriteLine();
        var table = new TextTable("LEASE", "WITHDRAWN", "OWED", "CPU s", "MEMORY GiB·s", "IN MiB", "OUT MiB");
        foreach (var lease in view.Leases)
        {
            table.Add(
                lease.Lease,
                lease.Withdrawn ?? "-",
                lease.Owed ?? "-",
                Fixed(lease.CpuSeconds),
                Fixed(lease.MemoryByteSeconds / ByteSize.GiB),
                Fixed(lease.ReceivedBytes / ByteSize.MiB),
                Fixed(lease.SentBytes / ByteSize.MiB));
        }

        table.WriteTo(output);
    }

    public static void Withdrawals(TextWriter output, WithdrawView view)
    {
        if (view.Withdrawals.Count == 0) output.WriteLine("nothing is owed");
        var table = new TextTable("LEASE", "RESULT", "PAID", "FEE", "");
        foreach (var row in view.Withdrawals) table.Add(row.Lease, row.End, row.Paid, row.Fee ?? "-", row.Detail);
        if (view.Withdrawals.Count > 0) table.WriteTo(output);
    }

    private static string Mark(bool ok) => ok ? "ok," : "!!";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fixed(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Sum(IReadOnlyDictionary<string, string> coins) => coins.Count == 0 ? "nothing yet" : string.Join(", ", coins.Select(coin => $"{coin.Value} {coin.Key}"));

    private static string Amount(string kind, long value) => kind switch
    {
        "cpu" => string.Create(CultureInfo.InvariantCulture, $"{value / 1000m:0.##} threads"),
        "memory" or "storage" => new ByteSize(value).ToString(),
        _ => Number(value),
    };
}
