using System.CommandLine;
using System.Text.Json.Serialization;
using ProviderAgent.Adapters;
using ProviderAgent.Config;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Hosting;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>doctor</c>: what of this host keeps it from selling, and the fix. Needs no daemon.</summary>
internal sealed class DoctorVerb(ConfigLoader loader, TimeProvider time) : IVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public Command Create(CliContext context)
    {
        var verb = new Command("doctor", "Check the engine, the disks, the firewall and the ingress of this host: what can be promised to tenants, and why not more");
        verb.SetAction(async (parsed, ct) =>
        {
            var options = loader.Load(context.Sources(parsed));
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            var checks = new List<DoctorCheck>();
            // A slow DNS and a router that does not answer take their time beside the engine, not after it.
            var reach = ReachDoctor.LookAsync(options.Reach, options.Ingress, new FixedHostName(options.Provider), time, either.Token);
            await CheckAsync(options, checks, either.Token);
            checks.AddRange(HostFindings(options).Concat(await reach).Select(finding => new DoctorCheck(finding.Name, Finding(finding.Grade), finding.Detail)));
            var view = new DoctorView(1, !checks.Any(check => check.Finding == DoctorCheck.Blocks), checks);
            context.Print(parsed, view, DoctorJson.Default.DoctorView, Write);
            return (int)(view.Sells ? ExitCode.Done : ExitCode.Failed);
        });
        return verb;
    }

    private async Task CheckAsync(AgentOptions options, List<DoctorCheck> checks, CancellationToken ct)
    {
        SystemInfoResponse info;
        try
        {
            await using var services = new ServiceCollection().AddSingleton(time).AddSingleton(Microsoft.Extensions.Options.Options.Create(options.Engine)).AddDocker().BuildServiceProvider();
            info = await services.GetRequiredService<IDockerClient>().System.GetSystemInfoAsync(ct);
        }
        catch (EngineException error)
        {
            checks.Add(new("engine", DoctorCheck.Blocks, $"{error.Message} Start it with 'systemctl start docker', or set engine.endpoint"));
            return;
        }

        var missing = EngineGate.Missing(info).ToArray();
        checks.Add(missing.Length == 0
            ? new("engine", DoctorCheck.Good, $"version {info.ServerVersion}, storage driver {info.Driver}, enforces memory, swap, processor and process limits")
            : new("engine", DoctorCheck.Blocks, $"lacks {string.Join("; ", missing)}"));
        if (!info.LiveRestoreEnabled) checks.Add(new("engine restarts", DoctorCheck.Warns, "tenants' containers end with the engine: set \"live-restore\": true in /etc/docker/daemon.json"));

        var disks = await DiskDoctor.LookAsync(info, options.Workloads, time, ct);
        checks.Add(Part("writable layers", disks.Layers, disks.LayerProblem, disks.Wanted, DoctorCheck.Blocks));
        checks.Add(Part("persistent volumes", disks.Volumes, disks.VolumeProblem, disks.Wanted, options.Inventory.StorageClasses.Persistent.Count > 0 ? DoctorCheck.Blocks : DoctorCheck.Warns));
        foreach (var finding in disks.Findings) checks.Add(new($"disk backend {OptionNames.Key(finding.Backend.ToString())}", DoctorCheck.Tells, Text(finding)));
        checks.Add(Space(disks, options.Workloads.Volumes));
    }

    private IEnumerable<HostFinding> HostFindings(AgentOptions options) =>
    [
        GuardDoctor.Look(options.Workloads.Network),
        .. IngressDoctor.Look(options.Ingress, PublicHostName.DomainOf(options.Provider), new(Path.Combine(Path.GetFullPath(options.State.Directory), "ingress")), time),
    ];

    internal static string Finding(HostFindingGrade grade) => grade switch
    {
        HostFindingGrade.Good => DoctorCheck.Good,
        HostFindingGrade.Tells => DoctorCheck.Tells,
        HostFindingGrade.Warns => DoctorCheck.Warns,
        _ => DoctorCheck.Blocks,
    };

    private static DoctorCheck Part(string name, string how, string? problem, DiskBackend wanted, string grave) => problem is not null
        ? new(name, grave, problem)
        : new(name, wanted == DiskBackend.None ? DoctorCheck.Warns : DoctorCheck.Good, wanted == DiskBackend.None ? "not limited, as workloads.volumes.backend says: one tenant can fill the disk of all" : how);

    private static string Text(DiskFinding finding) => finding switch
    {
        { LayerProblem: null, VolumeProblem: null } => "works for layers and volumes",
        { LayerProblem: null, VolumeProblem: { } volume } => $"works for layers; not for volumes: {volume}",
        { LayerProblem: { } layer, VolumeProblem: null } => $"works for volumes; not for layers: {layer}",
        _ => finding.LayerProblem,
    };

    private static DoctorCheck Space(DiskReport disks, WorkloadVolumeOptions marks) => disks.FreeBytes is not { } free
        ? new("disk space", DoctorCheck.Warns, "what is free on the engine's disk cannot be told: is the engine on another host?")
        : disks.Level == DiskLevel.Ample
            ? new("disk space", DoctorCheck.Good, $"{new ByteSize(free)} are free")
            : new("disk space", DoctorCheck.Blocks, $"only {new ByteSize(free)} are free, less than workloads.volumes.stop_selling_below ({marks.StopSellingBelow}): no storage is sold");

    /// <summary>The provider's names without a daemon.</summary>
    private sealed class FixedHostName(ProviderOptions provider) : IPublicHostName
    {
        public string Value => provider.HostUri?.Host ?? "";

        public string IngressDomain => PublicHostName.DomainOf(provider);
    }

    private static void Write(TextWriter output, DoctorView view)
    {
        var table = new TextTable("CHECK", "FINDING", "DETAIL");
        foreach (var check in view.Checks) table.Add(check.Name, check.Finding, check.Detail);
        table.WriteTo(output);
    }
}

/// <param name="Schema">Version of this document.</param>
/// <param name="Sells">Nothing that was looked at keeps this host from selling.</param>
/// <param name="Checks">What was looked at.</param>
internal sealed record DoctorView(int Schema, bool Sells, IReadOnlyList<DoctorCheck> Checks);

/// <param name="Name">What was looked at.</param>
/// <param name="Finding">good, info, warning or blocks.</param>
/// <param name="Detail">What was found, and the fix.</param>
internal sealed record DoctorCheck(string Name, string Finding, string Detail)
{
    public const string Good = "good";
    public const string Tells = "info";
    public const string Warns = "warning";
    public const string Blocks = "blocks";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DoctorView))]
internal sealed partial class DoctorJson : JsonSerializerContext;
