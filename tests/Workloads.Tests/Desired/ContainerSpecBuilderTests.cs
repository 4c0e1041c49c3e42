using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Desired;

public sealed class ContainerSpecBuilderTests
{
    [Fact]
    public void Build_TenantsEnvironment_OursAreAddedAndHardwareSwitchesDropped()
    {
        var service = Build.Service() with { Env = ["A=1", "A=2", "EMPTY", "AKASH_OWNER=mine", "NVIDIA_VISIBLE_DEVICES=all", "nvidia_driver=x", "DOCKER_RESOURCE_GPU=1"] };

        var environment = One(service).Environment;

        Assert.Equal(
            [
                "A=2",
                "AKASH_CLUSTER_PUBLIC_HOSTNAME=provider.example.com",
                "AKASH_DEPLOYMENT_SEQUENCE=7",
                "AKASH_GROUP_SEQUENCE=1",
                "AKASH_ORDER_SEQUENCE=1",
                "AKASH_OWNER=mine",
                "AKASH_PROVIDER=akash1provider",
                "EMPTY=",
            ],
            environment);
    }

    [Theory]
    [InlineData("$(NAME)", "world")]
    [InlineData("hello $(NAME)!", "hello world!")]
    [InlineData("$(UNKNOWN)", "$(UNKNOWN)")]
    [InlineData("$$(NAME)", "$(NAME)")]
    [InlineData("$$$(NAME)", "$world")]
    [InlineData("$NAME", "$NAME")]
    [InlineData("$(NAME", "$(NAME")]
    [InlineData("$", "$")]
    [InlineData("a$", "a$")]
    [InlineData("$()", "$()")]
    public void Build_Arguments_ExpandKnownVariablesOnly(string argument, string expected)
    {
        var spec = One(Build.Service() with { Env = ["NAME=world"], Args = [argument], Command = [argument] });

        Assert.Equal([expected], spec.Arguments);
        Assert.Equal([expected], spec.Command);
    }

    [Fact]
    public void Build_EnvironmentRefersToItself_ExpandsWhatCameBefore()
    {
        var environment = One(Build.Service() with { Env = ["A=1", "B=$(A)2", "C=$(D)", "D=$(C)", "E=$(E)"] }).Environment;

        Assert.Equal(["A=1", "B=12", "C=$(D)", "D=$(D)", "E=$(E)"], environment.Where(entry => entry.Length < 12 && entry[1] == '='));
    }

    [Fact]
    public void Build_EnvironmentThatDoublesItself_IsRefusedBeforeItFillsTheMemory()
    {
        ValueList<string> bomb = ["A0=0123456789", .. Enumerable.Range(1, 60).Select(i => $"A{i}=$(A{i - 1})$(A{i - 1})")];

        var refusal = Assert.Throws<UnsupportedManifestException>(() => One(Build.Service() with { Env = bomb }));

        Assert.Contains("'A14' is longer than 131071 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TextsThatTheKernelTakes_AreKept_AndOneMoreByteIsRefused()
    {
        var longest = new string('x', ContainerEnvironment.MaxTextBytes);

        Assert.Equal([longest], One(Build.Service() with { Args = [longest] }).Arguments);
        Assert.Throws<UnsupportedManifestException>(() => One(Build.Service() with { Args = [longest + "x"] }));
        Assert.Throws<UnsupportedManifestException>(() => One(Build.Service() with { Env = ["A=" + longest[2..] + "x"] }));
        Assert.Contains("A=" + longest[2..], One(Build.Service() with { Env = ["A=" + longest[2..]] }).Environment);
    }

    [Fact]
    public void Build_ManyTextsOfWhichEachWouldDo_AreRefusedTogether()
    {
        ValueList<string> env = ["A=" + new string('x', 100_000)];
        ValueList<string> many = [.. Enumerable.Repeat("$(A)", 4_096)];

        Assert.Throws<UnsupportedManifestException>(() => One(Build.Service() with { Env = env, Args = many }));
        Assert.Throws<UnsupportedManifestException>(() => One(Build.Service() with { Env = env, Command = many }));
        Assert.Throws<UnsupportedManifestException>(() => One(Build.Service() with { Env = [.. env, .. Enumerable.Range(0, 4_000).Select(i => $"B{i}=$(A)")] }));
    }

    [Fact]
    public void Build_MemoryVolumes_AreMountedAndAddToTheLimit()
    {
        var service = WithVolume("ram", "false", "/dev/shm");

        var spec = One(service);

        Assert.Equal([new MemoryMount("/dev/shm", new(256 * ByteSize.MiB), false)], spec.MemoryMounts);
        Assert.Equal(new ByteSize(320 * ByteSize.MiB), spec.Memory);
    }

    [Theory]
    [InlineData("/proc/x")]
    [InlineData("/sys")]
    [InlineData("/dev")]
    [InlineData("/dev/null")]
    [InlineData("/")]
    [InlineData("relative")]
    [InlineData("/a/../etc")]
    [InlineData("")]
    [InlineData("/a\nb")]
    public void Build_MountOverEngineFolders_IsRefused(string path) =>
        Assert.Throws<UnsupportedManifestException>(() => One(WithVolume("ram", "false", path)));

    [Fact]
    public void Build_PersistentVolume_IsOneOfTheEnginesForEachReplica()
    {
        var service = WithVolume("beta2", "true", "/data") with { Count = 2 };

        var specs = ContainerSpecBuilder.Build(Build.Lease, service, _ => 30_000, "", _ => []).ToArray();

        Assert.Equal(("data", "/data", "beta2", new ByteSize(256 * ByteSize.MiB)), specs[0].Volumes.Select(volume => (volume.Volume, volume.Path, volume.Class, volume.Size)).Single());
        Assert.Equal(2, specs.Select(spec => spec.Volumes[0].Source).Distinct().Count());
        Assert.Equal(specs[0].Hash(), ContainerSpecBuilder.Build(Build.Lease, service, _ => 30_000, "", _ => []).First().Hash());
    }

    [Fact]
    public void Build_TwoVolumesAtOnePath_IsRefused()
    {
        var service = WithVolume("beta2", "true", "/data");
        service = service with { Params = new ServiceParams { Storage = [new StorageMount("data", "/data", false), new StorageMount("data", "/data", true)] } };

        Assert.Contains("two volumes at '/data'", Assert.Throws<UnsupportedManifestException>(() => One(service)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_EachReplica_HasTheDevicesThatItWasGiven_AndOthersMeanAnotherContainer()
    {
        var service = Build.Service() with { Count = 2 };

        var specs = ContainerSpecBuilder.Build(Build.Lease, service, _ => 30_000, "", replica => [$"GPU-{replica}"]).ToArray();

        Assert.Equal(["GPU-0", "GPU-1"], specs.SelectMany(spec => spec.Gpus));
        Assert.NotEqual(specs[0].Hash(), (specs[0] with { Gpus = ["GPU-1"] }).Hash());
    }

    [Fact]
    public void Build_SeveralReplicas_OnlyTheFirstHasThePortsOfTheHost()
    {
        var service = Build.Service() with
        {
            Count = 2,
            Expose =
            [
                new ServiceExpose { Port = 80, Proto = ServiceExpose.Tcp, Global = true },
                new ServiceExpose { Port = 80, Proto = ServiceExpose.Tcp, Global = true, Service = "other" },
                new ServiceExpose { Port = 53, Proto = ServiceExpose.Udp, Global = true },
                new ServiceExpose { Port = 9000, Proto = ServiceExpose.Tcp, Global = false },
            ],
        };

        var specs = ContainerSpecBuilder.Build(Build.Lease, service, port => 30_000 + port.ContainerPort, "provider.example.com", _ => []).ToArray();

        Assert.Equal([new PortMapping(80, PortProtocol.Tcp, 30_080), new PortMapping(53, PortProtocol.Udp, 30_053)], specs[0].Ports);
        Assert.Empty(specs[1].Ports);
    }

    [Fact]
    public void Build_ServiceListensElsewhere_TheOutsideIsTheSame()
    {
        PublishedPort[] Ports(uint inside) =>
        [
            .. ContainerSpecBuilder.PublishedPorts(
                Build.Service() with { Expose = [new ServiceExpose { Port = inside, ExternalPort = 5432, Proto = ServiceExpose.Tcp, Global = true }, new ServiceExpose { Port = 9, ExternalPort = 5432, Proto = ServiceExpose.Tcp, Global = true }] },
                withWeb: false),
        ];

        Assert.Equal(new PublishedPort("web", 5432, 5432, PortProtocol.Tcp), Assert.Single(Ports(5432)));
        Assert.Equal(new PublishedPort("web", 5432, 15432, PortProtocol.Tcp), Assert.Single(Ports(15432)));
    }

    [Fact]
    public void Hash_NamesLeadToAnotherPort_IsTheSameContainer()
    {
        var spec = One(Build.Service());

        Assert.Equal(spec.Hash(), (spec with { WebPorts = [80, 8080] }).Hash());
    }

    [Fact]
    public void Build_LessMemoryThanTheEngineAllows_GetsTheEnginesMinimum()
    {
        var service = Build.Service() with { Resources = Build.Service().Resources with { Memory = new MemoryRequest(new(ByteSize.MiB), []) } };

        Assert.Equal(new ByteSize(6 * ByteSize.MiB), One(service).Memory);
    }

    [Fact]
    public void Hash_SameContent_IsTheSameAndAnyChangeIsNot()
    {
        var spec = One(Build.Service());

        Assert.Equal(spec.Hash(), One(Build.Service()).Hash());
        Assert.NotEqual(spec.Hash(), (spec with { Image = "registry/app:2" }).Hash());
        Assert.NotEqual(spec.Hash(), (spec with { Arguments = ["-v"] }).Hash());
        Assert.NotEqual(spec.Hash(), (spec with { Memory = new(1) }).Hash());
        Assert.NotEqual(spec.Hash(), (spec with { Ports = [new(80, PortProtocol.Tcp, 30_000)] }).Hash());
    }

    private static ContainerSpec One(ManifestService service) =>
        Assert.Single(ContainerSpecBuilder.Build(Build.Lease, service, _ => 30_000, "provider.example.com", _ => []));

    private static ManifestService WithVolume(string storageClass, string persistent, string mount) => Build.Service() with
    {
        Resources = Build.Service().Resources with
        {
            Storage = [new StorageVolume("data", new(256 * ByteSize.MiB), [new("class", storageClass), new("persistent", persistent)])],
        },
        Params = new ServiceParams { Storage = [new StorageMount("data", mount, false)] },
    };
}
