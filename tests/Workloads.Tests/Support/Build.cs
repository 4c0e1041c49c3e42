using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>Small valid things to start a test from.</summary>
internal static class Build
{
    public static readonly LeaseId Lease = LeaseId.Parse("akash1tenant/7/1/1/akash1provider");

    public static readonly ManifestHash Manifest = ManifestHash.Parse(new string('a', 64));

    public static ContainerSpec Spec(string service = "web", int replica = 0, string image = "registry/app:1") => new()
    {
        Service = service,
        Replica = replica,
        Image = image,
        Cpu = new(500),
        Memory = new(64 * ByteSize.MiB),
    };

    public static DesiredLease Wanted(params ContainerSpec[] specs) => new(Lease, Manifest, [.. specs]);

    public static ActualContainer Container(ContainerSpec spec, ContainerCondition condition = ContainerCondition.Running, string? id = null, string? hash = null) => new()
    {
        Id = id ?? $"id-{spec.Service}-{spec.Replica}",
        Name = WorkloadNames.Container(Lease, spec.Service, spec.Replica),
        Service = spec.Service,
        Replica = spec.Replica,
        SpecHash = hash ?? spec.Hash(),
        Condition = condition,
    };

    public static ActualLease Actual(params ActualContainer[] containers) => new(Lease, [.. containers], ["net-1"], []);

    public static ManifestService Service(string name = "web") => new()
    {
        Name = name,
        Image = "registry/app:1",
        Count = 1,
        Resources = new ServiceResources
        {
            Id = 1,
            Cpu = new CpuRequest(new(500), []),
            Memory = new MemoryRequest(new(64 * ByteSize.MiB), []),
            Storage = [new StorageVolume("default", new(512 * ByteSize.MiB), [])],
            Gpu = new GpuRequest(0, []),
            Endpoints = [],
        },
    };
}
