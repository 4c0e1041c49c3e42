using System.CommandLine;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Cli.Verbs.Devnet;

/// <summary>What a tenant asks the provider about its leases: <c>status</c> and <c>logs</c>.</summary>
internal static class DevnetLeaseVerbs
{
    public static Command Status(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DevnetTenantVerbs.DseqArgument();
        var verb = new Command("status", "What the providers say of a deployment's leases: services, ports, addresses") { dseq };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var rows = new List<LeaseStatusView>();
            foreach (var lease in await LeasesAsync(tenant, parsed.GetValue(dseq), ct)) rows.Add(new(lease.ToString(), await tenant.LeaseStatusAsync(lease, ct)));
            context.Print(parsed, new LeaseStatusesView(1, rows), DevnetJson.Default.LeaseStatusesView, Write);
        }));
        return verb;
    }

    public static Command Logs(CliContext context, DevnetVerbOptions options)
    {
        var dseq = DevnetTenantVerbs.DseqArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until Ctrl-C" };
        var tail = new Option<int?>("--tail") { Description = "Begin with only so many lines", HelpName = "N" };
        var service = new Option<string[]>("--service") { Description = "Only this service; may be repeated", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var verb = new Command("logs", "What a deployment's containers write") { dseq, follow, tail, service };
        verb.SetAction((parsed, ct) => options.AsTenantAsync(parsed, async tenant =>
        {
            var leases = await LeasesAsync(tenant, parsed.GetValue(dseq), ct);
            await Task.WhenAll(leases.Select(lease => CopyAsync(lease)));

            async Task CopyAsync(LeaseId lease)
            {
                await foreach (var line in tenant.LogsAsync(lease, parsed.GetValue(follow), parsed.GetValue(tail), parsed.GetValue(service), ct))
                {
                    lock (context.Output) context.Output.WriteLine($"[{line.Instance}] {line.Message}");
                }
            }
        }));
        return verb;
    }

    private static async Task<IReadOnlyList<LeaseId>> LeasesAsync(DevnetTenant tenant, ulong dseq, CancellationToken ct)
    {
        var leases = await tenant.ListLeasesAsync(dseq, ct);
        return leases.Count > 0 ? leases : throw new ExitException(ExitCode.Failed, $"deployment {dseq} has no running lease");
    }

    private static void Write(TextWriter output, LeaseStatusesView view)
    {
        foreach (var row in view.Leases)
        {
            output.WriteLine(row.Lease);
            if (row.Status is null) output.WriteLine("  not up yet");
            foreach (var service in row.Status?.Services?.Values ?? []) output.WriteLine($"  {service.Name}  {service.ReadyReplicas}/{service.Total} ready{(service.Uris is { Count: > 0 } uris ? $"  {string.Join(", ", uris)}" : "")}");
            foreach (var (name, ports) in row.Status?.ForwardedPorts ?? new Dictionary<string, IReadOnlyList<TenantForwardedPort>>())
            {
                foreach (var port in ports) output.WriteLine($"  {name}  port {port.Port}/{port.Proto.ToLowerInvariant()} is {port.Host}:{port.ExternalPort}");
            }
        }
    }
}
