using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ProviderAgent.Docker;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>Something of this host is in a lease's way: its tenant is told, everything else goes on, and it is put right as soon as the way is free.</summary>
public sealed class InTheWayTests : IAsyncLifetime
{
    private const int Fast = 30;

    private readonly RunningTimeProvider _time = new();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };
    private readonly List<Func<Task>> _leftovers = [];
    private readonly IDockerClient _engine = new DockerClientConfiguration(DockerClientConfiguration.LocalEndpoint).CreateClient();
    private SpareEngine? _spare;

    public Task InitializeAsync()
    {
        _host.Time = _time;
        _host.Configure = options => options.Network.Subnets = "10.225.0.0/16";
        _host.ConfigureTimeouts = timeouts => timeouts.Query = timeouts.Change = timeouts.Remove = timeouts.Start = timeouts.StopMargin = TimeSpan.FromMinutes(10); // the clock may run fast while calls are under way
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        foreach (var leftover in _leftovers) await leftover();
        await _host.DisposeAsync();
        if (_spare is not null) await _spare.DisposeAsync();
        await _time.DisposeAsync();
        _engine.Dispose();
    }

    [Trait(FaultRow.Trait, FaultRow.DeadOrNameTaken)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task NameOfTheContainerIsSomebodyElses_TheTenantIsTold_SiblingsRun_AndSoDoesItOnceTheNameIsFree()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        var foreign = await ForeignAsync(WorkloadNames.Container(lease, "web", 0));
        await _host.SendManifestAsync(lease, Sleeper("web"), Sleeper("zebra"));

        var view = await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.ContainsKey("web") && view.Ready("zebra") == 1);
        Assert.Contains("has the name that the container needs", view.Problems["web"], StringComparison.Ordinal);
        for (var pass = 0; pass < 5; pass++) await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(1, _host.Logged("NameTaken")); // tried again with pauses, not at every look
        Assert.Equal("created", (await _engine.Containers.InspectContainerAsync(foreign, CancellationToken.None)).State.Status);

        await _engine.Containers.RemoveContainerAsync(foreign, new() { Force = true }, CancellationToken.None);
        _time.Speed = Fast;
        await _host.WaitUntilWellAsync(lease);
    }

    [Trait(FaultRow.Trait, FaultRow.ByHand)]
    [Trait(FaultRow.Trait, FaultRow.DeadOrNameTaken)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task RenamedByHand_AndItsNameGivenAway_ItRunsOnUnderTheOtherName_UntilItsOwnIsFree()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Sleeper("web"));
        var container = (await _host.WaitUntilActiveAsync(lease)).Actual.Containers[0];
        await _host.StopAsync();
        await _engine.Containers.RenameContainerAsync(container.Id, new() { NewName = "renamed-" + container.Id[..12] }, CancellationToken.None);
        var foreign = await ForeignAsync(container.Name);
        await _host.StartAsync();

        await Eventually.BecomesTrueAsync("it is noticed", () => _host.Logged("NameTaken") == 1);
        for (var pass = 0; pass < 5; pass++) await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(1, _host.Logged("NameTaken"));
        // Whatever else happens to the lease is seen to meanwhile.
        await _engine.Containers.KillContainerAsync(container.Id, new(), CancellationToken.None);
        await _host.WaitForAsync(lease, "it runs again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } again] && again.Id == container.Id && again.Pid != container.Pid);

        await _engine.Containers.RemoveContainerAsync(foreign, new() { Force = true }, CancellationToken.None);
        _time.Speed = Fast;
        await _host.WaitForAsync(lease, "it has its name again", view => view.Actual.Containers is [{ } named] && named.Name == container.Name && named.Id == container.Id);
    }

    [Trait(FaultRow.Trait, FaultRow.DeadOrNameTaken)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task NameOfTheNetworkIsSomebodyElses_NothingRunsInThere_UntilTheNameIsFree()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        var foreign = (await _engine.Networks.CreateNetworkAsync(new() { Name = WorkloadNames.Network(LeaseOf(2)), Driver = "bridge" }, CancellationToken.None)).ID;
        _leftovers.Add(() => _engine.Networks.DeleteNetworkAsync(foreign, CancellationToken.None));
        var other = _host.Market.Win(2);
        await _host.SendManifestAsync(other, Sleeper("web"));
        await _host.SendManifestAsync(lease, Sleeper("web"));
        await _host.WaitUntilActiveAsync(lease);

        var view = await _host.WaitForAsync(other, "the tenant is told", view => view.Problems.Count > 0);
        Assert.Contains("has the name that the lease's network needs", view.Problems[""], StringComparison.Ordinal);
        Assert.Empty(view.Actual.Containers);

        await _engine.Networks.DeleteNetworkAsync(foreign, CancellationToken.None);
        _time.Speed = Fast;
        await _host.WaitUntilWellAsync(other);
    }

    [Trait(FaultRow.Trait, FaultRow.DeadOrNameTaken)]
    [NeedsRootFact("dockerd", "chattr")]
    public async Task RemovedByHandAndDeadInstead_IsReplacedAsSoonAsTheEngineCan()
    {
        _spare = await SpareEngine.StartAsync(gpus: null);
        _host.EngineEndpoint = _spare.Endpoint;
        await _host.StartAsync();
        var (lease, other) = (_host.Market.Win(1), _host.Market.Win(2));
        await _host.SendManifestAsync(lease, Sleeper("web"));
        var id = (await _host.WaitUntilActiveAsync(lease)).Actual.Containers[0].Id;

        // A file in its folder that cannot be removed.
        var file = Path.Combine(_spare.DataFolder, "containers", id, "stuck");
        await ShellAsync($"touch {file}; chattr +i {file}");
        _leftovers.Add(() => ShellAsync($"[ ! -e {file} ] || chattr -i {file}"));
        await Assert.ThrowsAsync<DockerApiException>(() => _host.Engine.Containers.RemoveContainerAsync(id, new() { Force = true }, CancellationToken.None));
        Assert.Equal("dead", (await _host.Engine.Containers.InspectContainerAsync(id, CancellationToken.None)).State.Status);

        await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.GetValueOrDefault("")?.Contains("refused a step", StringComparison.Ordinal) == true);
        await _host.SendManifestAsync(other, Sleeper("web"));
        await _host.WaitUntilActiveAsync(other);
        await ShellAsync($"chattr -i {file}");
        _time.Speed = Fast;
        await _host.WaitForAsync(lease, "another one runs", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running } made] && made.Id != id);
        await _host.WaitUntilWellAsync(lease);
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task SubnetsAreUsedUp_TheTenantIsTold_AndItRunsOnceALeaseHasEnded()
    {
        _host.Configure += options => options.Network.Subnets = "10.226.0.0/24"; // four of them
        await _host.StartAsync();
        var waiting = Enumerable.Range(1, 4).Select(number => _host.Market.Win((ulong)number)).ToArray();
        await Eventually.BecomesTrueAsync("every subnet is taken", async () => await _host.CountOnEngineAsync() == 4);
        var lease = _host.Market.Win(5);
        await _host.SendManifestAsync(lease, Sleeper("web"));

        var view = await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.Count > 0);
        Assert.Contains("no network range left", view.Problems[""], StringComparison.Ordinal);
        Assert.Empty(view.Actual.Containers);

        _host.Market.Close(waiting[0]);
        await Eventually.BecomesTrueAsync("one has ended", () => !_host.Leases.ContainsKey(waiting[0]));
        _time.Speed = Fast;
        await _host.WaitUntilWellAsync(lease);
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task PortIsTakenByAnotherProgram_TheTenantIsTold_SiblingsRun_AndSoDoesItOnThatPortOnceItIsFree()
    {
        await _host.StartAsync();
        var lease = _host.Market.Win(1);
        var port = await _host.Stores.ReserveAsync(lease, "web", 8080, PortProtocol.Tcp, default, CancellationToken.None);
        var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();
        _leftovers.Add(() =>
        {
            taken.Dispose();
            return Task.CompletedTask;
        });
        await _host.SendManifestAsync(lease, Web("web"), Sleeper("zebra"));

        var view = await _host.WaitForAsync(lease, "the tenant is told", view => view.Problems.ContainsKey("web") && view.Ready("zebra") == 1);
        Assert.Contains("address already in use", view.Problems["web"], StringComparison.Ordinal);
        taken.Stop();
        _time.Speed = Fast;
        await _host.WaitUntilWellAsync(lease);
        Assert.Equal("hello", await AskAsync(port));

        // The same with one that has run before: it stays as it ended, and is tried again with pauses.
        _time.Speed = 1;
        await _host.StopAsync();
        await _engine.Containers.KillContainerAsync(WorkloadNames.Container(lease, "web", 0), new(), CancellationToken.None);
        await _engine.Containers.WaitContainerAsync(WorkloadNames.Container(lease, "web", 0), CancellationToken.None);
        taken = new(IPAddress.Loopback, port);
        taken.Start();
        var failed = _host.Logged("StartFailed");
        await _host.StartAsync();
        await Eventually.BecomesTrueAsync("it does not start", () => _host.Logged("StartFailed") > failed);
        for (var pass = 0; pass < 5; pass++) await _host.Get<Reconciler>().ReconcileOnceAsync(CancellationToken.None);
        Assert.Equal(failed + 1, _host.Logged("StartFailed"));
        taken.Stop();
        _time.Speed = Fast;
        await _host.WaitForAsync(lease, "it runs again", view => view.Ready("web") == 1);
        Assert.Equal("hello", await AskAsync(port));
    }

    private LeaseId LeaseOf(ulong dseq) => new(new(AccountAddress.Parse("akash1tenant"), dseq, 1, 1), _host.Account);

    private async Task<string> ForeignAsync(string name)
    {
        var id = (await _engine.Containers.CreateContainerAsync(new() { Name = name, Image = WorkloadHost.Image, Cmd = ["sleep", "1000"] }, CancellationToken.None)).ID;
        _leftovers.Add(() => _engine.Containers.RemoveContainerAsync(id, new() { Force = true }, CancellationToken.None));
        return id;
    }

    private static Task<string> AskAsync(int port)
    {
        return Eventually.GetAsync($"an answer on port {port}", async () =>
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
            return await client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
        })!;
    }

    private static async Task ShellAsync(string script)
    {
        using var shell = Process.Start("sh", ["-ec", "PATH=$PATH:/usr/sbin:/sbin\n" + script]);
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    private static ManifestService Sleeper(string name) => Build.Service(name) with { Image = WorkloadHost.Image, Args = ["sleep", "100000"] };

    private static ManifestService Web(string name) => Build.Service(name) with
    {
        Image = WorkloadHost.Image,
        Args = ["sh", "-c", "mkdir -p /www && printf hello > /www/index.html && exec httpd -f -p 80 -h /www"],
        Expose = [new ServiceExpose { Port = 80, ExternalPort = 8080, Proto = ServiceExpose.Tcp, Global = true }],
    };
}
