using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

public sealed class ContainerTests(RealEngine engine) : IClassFixture<RealEngine>
{
    private IContainerOperations Sut => engine.Client.Containers;

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Lifecycle_FromCreateToRemove_EachStepIsIdempotent()
    {
        var parameters = engine.Container("trap 'exit 3' TERM; while :; do sleep 0.1; done");
        var id = (await Sut.CreateContainerAsync(parameters, default)).ID;
        Assert.Equal("created", (await Sut.InspectContainerAsync(id, default)).State.Status);

        Assert.True(await Sut.StartContainerAsync(id, new ContainerStartParameters(), default));
        Assert.False(await Sut.StartContainerAsync(id, new ContainerStartParameters(), default));
        var running = await Sut.InspectContainerAsync(parameters.Name ?? "", default);
        Assert.Equal((id, "running", true), (running.ID, running.State.Status, running.State.Pid > 0));
        Assert.True(EngineTime.TryParse(running.State.StartedAt, out var startedAt) && !startedAt.IsNever);
        Assert.True(EngineTime.TryParse(running.State.FinishedAt, out var finishedAt) && finishedAt.IsNever);

        Assert.True(await Sut.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = 10 }, default));
        Assert.False(await Sut.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = 10 }, default));
        Assert.Equal(3, (await Sut.InspectContainerAsync(id, default)).State.ExitCode);

        Assert.True(await Sut.RemoveContainerAsync(id, new ContainerRemoveParameters(), default));
        Assert.False(await Sut.RemoveContainerAsync(id, new ContainerRemoveParameters(), default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => Sut.InspectContainerAsync(id, default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Create_EveryLimit_ShowsInTheInspect()
    {
        var id = await engine.CreateAsync("true", parameters =>
        {
            parameters.User = "1000";
            parameters.StopTimeout = TimeSpan.FromSeconds(7);
            parameters.Healthcheck = new HealthConfig { Test = ["NONE"] };
            parameters.HostConfig = new HostConfig
            {
                NetworkMode = "none",
                Memory = 64 << 20,
                MemorySwap = 64 << 20,
                NanoCPUs = 500_000_000,
                PidsLimit = 64,
                ShmSize = 1 << 20,
                CapDrop = ["ALL"],
                CapAdd = ["CHOWN"],
                SecurityOpt = ["no-new-privileges:true"],
                Init = true,
                ReadonlyRootfs = true,
                IpcMode = "private",
                Ulimits = [new Ulimit { Name = "nofile", Soft = 1024, Hard = 4096 }],
                LogConfig = new LogConfig { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = "100k", ["max-file"] = "2" } },
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
                Tmpfs = new Dictionary<string, string> { ["/tmp"] = "size=1m,noexec" },
                Mounts = [new Mount { Type = "tmpfs", Target = "/scratch", TmpfsOptions = new TmpfsOptions { SizeBytes = 5 << 20 } }],
                DNS = ["192.0.2.1"],
                ExtraHosts = ["peer:192.0.2.2"],
                DeviceRequests = [new DeviceRequest { Driver = "nvidia", DeviceIDs = ["GPU-1"], Capabilities = [["gpu"]] }],
            };
        });

        var inspect = await Sut.InspectContainerAsync(id, new ContainerInspectParameters { IncludeSize = true }, default);
        var host = inspect.HostConfig;

        Assert.Equal((64 << 20, 64 << 20, 500_000_000, 64, 1 << 20), (host.Memory, host.MemorySwap, host.NanoCPUs, host.PidsLimit, host.ShmSize));
        IList<string>?[] lists = [host.CapDrop, host.CapAdd, host.SecurityOpt, host.DNS, host.ExtraHosts];
        Assert.Equal(["ALL", "CHOWN", "no-new-privileges:true", "192.0.2.1", "peer:192.0.2.2"], lists.Select(list => Assert.Single(list ?? [])));
        Assert.Equal((true, true, "private", RestartPolicyKind.No), (host.Init, host.ReadonlyRootfs, host.IpcMode, host.RestartPolicy?.Name));
        Assert.Equal(("nofile", 1024, 4096), (host.Ulimits?[0].Name, host.Ulimits?[0].Soft, host.Ulimits?[0].Hard));
        Assert.Equal(("json-file", "100k"), (host.LogConfig?.Type, host.LogConfig?.Config?["max-size"]));
        Assert.Equal("size=1m,noexec", host.Tmpfs?["/tmp"]);
        Assert.Equal(5 << 20, host.Mounts?[0].TmpfsOptions?.SizeBytes);
        Assert.Equal("GPU-1", host.DeviceRequests?[0].DeviceIDs?[0]);
        Assert.Equal(("1000", TimeSpan.FromSeconds(7), "NONE"), (inspect.Config.User, inspect.Config.StopTimeout, inspect.Config.Healthcheck?.Test?[0]));
        Assert.NotNull(inspect.SizeRootFs);
        Assert.NotNull(inspect.GraphDriver);
        Assert.False(host.Privileged);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task List_ByLabelAndStatus_FindsExactlyOurs()
    {
        var running = await engine.StartAsync("sleep 60", parameters => parameters.Labels?.Add("list-test", "a b\"c"));
        var created = await engine.CreateAsync("true", parameters => parameters.Labels?.Add("list-test", "a b\"c"));
        var filters = RealEngine.Filter("label", "list-test=a b\"c");
        filters["label"].Add(engine.OwnFilter["label"].Single());

        var all = await Sut.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters }, default);
        filters.Add("status", new Dictionary<string, bool> { ["running"] = true });
        var alive = await Sut.ListContainersAsync(new ContainersListParameters { Filters = filters }, default);

        Assert.Equal([created, running], all.Select(container => container.ID));
        var one = Assert.Single(alive);
        Assert.Equal((running, "running", RealEngine.Image), (one.ID, one.State, one.Image));
        Assert.Equal("a b\"c", one.Labels["list-test"]);
        Assert.Equal(DateTimeKind.Utc, one.Created.Kind);
        Assert.Contains("none", one.NetworkSettings.Networks);
        await engine.RemoveAsync(running);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Create_NameTaken_IsAConflict()
    {
        var parameters = engine.Container("true");
        await Sut.CreateContainerAsync(parameters, default);

        var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.CreateContainerAsync(parameters, default));

        Assert.Equal(HttpStatusCode.Conflict, e.StatusCode);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Create_SameNameAtOnce_OneWins()
    {
        var parameters = engine.Container("true");

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                await Sut.CreateContainerAsync(parameters, default);
                return HttpStatusCode.Created;
            }
            catch (DockerApiException e)
            {
                return e.StatusCode;
            }
        }));

        Assert.Single(results, HttpStatusCode.Created);
        Assert.Equal(9, results.Count(status => status == HttpStatusCode.Conflict));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Create_ImageMissing_SaysSo() =>
        await Assert.ThrowsAsync<DockerImageNotFoundException>(() => engine.CreateAsync("true", parameters => parameters.Image = "no-such-image-here:1"));

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Create_UnknownRuntime_IsRefused()
    {
        var e = await Assert.ThrowsAsync<DockerApiException>(() =>
            engine.CreateAsync("true", parameters => parameters.HostConfig = new HostConfig { Runtime = "no-such-runtime" }));

        Assert.Equal(HttpStatusCode.BadRequest, e.StatusCode);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Start_CommandMissing_GivesTheReason()
    {
        var id = await engine.CreateAsync("", parameters => parameters.Cmd = ["/nope"]);

        var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.StartContainerAsync(id, new ContainerStartParameters(), default));

        Assert.Equal(HttpStatusCode.BadRequest, e.StatusCode);
        Assert.Contains("/nope", e.ResponseBody, StringComparison.Ordinal);
        var state = (await Sut.InspectContainerAsync(id, default)).State;
        Assert.Equal(("created", 127), (state.Status, state.ExitCode));
        Assert.Contains("/nope", state.Error, StringComparison.Ordinal);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Start_NetworkGone_NamesTheNetworkNotTheContainer()
    {
        var network = await engine.Client.Networks.CreateNetworkAsync(
            new NetworksCreateParameters { Name = engine.NewName(), Labels = engine.Labels, Internal = true }, default);
        var id = await engine.CreateAsync("true", parameters => parameters.HostConfig = new HostConfig { NetworkMode = network.ID });
        Assert.True(await engine.Client.Networks.DeleteNetworkAsync(network.ID, default));

        await Assert.ThrowsAsync<DockerNetworkNotFoundException>(() => Sut.StartContainerAsync(id, new ContainerStartParameters(), default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Calls_ContainerMissing_SaySo()
    {
        const string Missing = "no-such-container-here";

        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => Sut.StartContainerAsync(Missing, new ContainerStartParameters(), default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => Sut.StopContainerAsync(Missing, new ContainerStopParameters(), default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => Sut.KillContainerAsync(Missing, new ContainerKillParameters(), default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => Sut.WaitContainerAsync(Missing, default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() =>
            Sut.GetContainerLogsAsync(Missing, false, new ContainerLogsParameters { ShowStdout = true }, default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() =>
            Sut.AttachContainerAsync(Missing, false, new ContainerAttachParameters { Stream = true, Stdout = true }, default));
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() =>
            engine.Client.Exec.ExecCreateContainerAsync(Missing, new ContainerExecCreateParameters { Cmd = ["true"] }, default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Kill_StoppedOrUnknownSignal_IsRefused()
    {
        var id = await engine.StartAsync("trap 'exit 5' HUP; while :; do sleep 0.1; done");

        var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.KillContainerAsync(id, new ContainerKillParameters { Signal = "BOGUS" }, default));
        Assert.Equal(HttpStatusCode.BadRequest, e.StatusCode);
        await Sut.KillContainerAsync(id, new ContainerKillParameters(), default);
        Assert.Equal(137, (await Sut.WaitContainerAsync(id, default)).StatusCode);
        e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.KillContainerAsync(id, new ContainerKillParameters(), default));
        Assert.Equal(HttpStatusCode.Conflict, e.StatusCode);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Remove_RunningOnlyByForce()
    {
        var id = await engine.StartAsync("sleep 60");

        var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.RemoveContainerAsync(id, new ContainerRemoveParameters(), default));

        Assert.Equal(HttpStatusCode.Conflict, e.StatusCode);
        Assert.True(await Sut.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Wait_AutoRemoved_GivesTheExitCode()
    {
        var id = await engine.CreateAsync("exit 42", parameters => parameters.HostConfig = new HostConfig { NetworkMode = "none", AutoRemove = true });
        var registered = new TaskCompletionSource();

        var wait = Sut.WaitContainerAsync(id, new ContainerWaitParameters { Condition = "removed", Registered = registered.SetResult }, default);
        await registered.Task;
        await Sut.StartContainerAsync(id, new ContainerStartParameters(), default);

        Assert.Equal(42, (await wait).StatusCode);
        Assert.False(await Sut.RemoveContainerAsync(id, new ContainerRemoveParameters(), default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Wait_GivenUp_LeavesTheContainerAlone()
    {
        var id = await engine.StartAsync("sleep 60");
        using var caller = new CancellationTokenSource();

        var wait = Sut.WaitContainerAsync(id, new ContainerWaitParameters { Registered = caller.Cancel }, caller.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.True((await Sut.InspectContainerAsync(id, default)).State.Running);
        await engine.RemoveAsync(id);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task RenameUpdatePause_OnALiveContainer_TakeEffect()
    {
        var id = await engine.StartAsync("sleep 60");
        var name = engine.NewName();

        await Sut.RenameContainerAsync(id, new ContainerRenameParameters { NewName = name }, default);
        var updated = await Sut.UpdateContainerAsync(
            id, new ContainerUpdateParameters { Memory = 48 << 20, MemorySwap = 48 << 20, NanoCPUs = 250_000_000, PidsLimit = 32 }, default);
        await Sut.PauseContainerAsync(id, default);
        var paused = await Sut.InspectContainerAsync(name, default);
        var exec = await Assert.ThrowsAsync<DockerApiException>(() =>
            engine.Client.Exec.ExecCreateContainerAsync(id, new ContainerExecCreateParameters { Cmd = ["true"] }, default));
        await Sut.UnpauseContainerAsync(id, default);

        Assert.Empty(updated.Warnings);
        Assert.Equal(("/" + name, true, "paused"), (paused.Name, paused.State.Paused, paused.State.Status));
        Assert.Equal((48 << 20, 250_000_000, 32), (paused.HostConfig.Memory, paused.HostConfig.NanoCPUs, paused.HostConfig.PidsLimit));
        Assert.Equal(HttpStatusCode.Conflict, exec.StatusCode);
        Assert.True((await Sut.InspectContainerAsync(id, default)).State is { Running: true, Paused: false });
        await engine.RemoveAsync(id);
    }
}
