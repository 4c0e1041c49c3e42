using System.Globalization;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Bench.Workloads;

/// <summary>How long it takes to compare 1,000 services with what runs of them.</summary>
internal static class PlannerBench
{
    public const string Name = "planner";

    private const int Services = 1_000;
    private const int Rounds = 300;
    private const double TargetMs = 5;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly LeaseId Lease = new(new(AccountAddress.Parse("akash1tenant"), 1, 1, 1), AccountAddress.Parse("akash1provider"));

    public static BenchResult Run(TimeProvider time)
    {
        var wanted = new DesiredLease(Lease, default, [.. Enumerable.Range(0, Services).Select(number => Spec(number, "first"))]);
        var update = new DesiredLease(Lease, default, [.. Enumerable.Range(0, Services).Select(number => Spec(number, "second"))]);
        var running = new ActualLease(Lease, [.. wanted.Containers.Select(spec => Container(spec, ContainerCondition.Running))], ["network"], []);
        var ended = running with { Containers = [.. wanted.Containers.Select(spec => Container(spec, ContainerCondition.Exited))] };
        var asWanted = Measure(wanted, running, expected: 0);
        var allEnded = Measure(wanted, ended, expected: Services);
        var allNew = Measure(update, running, expected: Services);
        return new(Name, string.Create(CultureInfo.InvariantCulture, $"one lease of {Services} services, {Rounds} looks"),
        [
            new("all as wanted, p50", "ms", Percentiles.Median(asWanted)),
            new("… p99", "ms", Percentiles.Of(asWanted, 0.99), Target: TargetMs),
            new("all ended, p99", "ms", Percentiles.Of(allEnded, 0.99), Target: TargetMs),
            new("all to be replaced, p99", "ms", Percentiles.Of(allNew, 0.99), Target: TargetMs),
        ]);

        double[] Measure(DesiredLease desired, ActualLease actual, int expected)
        {
            var took = new List<double>(Rounds);
            for (var round = -50; round < Rounds; round++)
            {
                var begun = time.GetTimestamp();
                var plan = WorkloadPlanner.Diff(desired, actual, _ => null, _ => new(Now, Recreate: false), (_, _) => false, Now);
                var milliseconds = time.GetElapsedTime(begun).TotalMilliseconds;
                if (plan.Steps.Count < expected) throw new BenchException($"{plan.Steps.Count} steps instead of {expected}");
                if (round >= 0) took.Add(milliseconds); // the first ones compile what they use
            }

            return [.. took];
        }
    }

    private static ContainerSpec Spec(int number, string version) => new()
    {
        Service = string.Create(CultureInfo.InvariantCulture, $"service-{number}"),
        Replica = 0,
        Image = "registry.example.com/team/image:1",
        Command = ["/bin/server"],
        Arguments = ["--listen", "0.0.0.0:8080"],
        Environment = [.. Enumerable.Range(0, 10).Select(variable => string.Create(CultureInfo.InvariantCulture, $"VARIABLE_{variable}={version}"))],
        Cpu = new(500),
        Memory = new(512 * ByteSize.MiB),
        Ports = [new(8080, PortProtocol.Tcp, 30_000 + number)],
    };

    private static ActualContainer Container(ContainerSpec spec, ContainerCondition condition) => new()
    {
        Id = spec.Service,
        Name = WorkloadNames.Container(Lease, spec.Service, spec.Replica),
        Service = spec.Service,
        Replica = spec.Replica,
        SpecHash = spec.Hash(),
        Condition = condition,
    };
}
