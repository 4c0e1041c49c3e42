using System.Threading.Channels;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

public sealed class SystemTests(RealEngine engine) : IClassFixture<RealEngine>
{
    private ISystemOperations Sut => engine.Client.System;

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task VersionAndInfo_TellWhatHasToBeChecked()
    {
        await Sut.PingAsync(default);
        var version = await Sut.GetVersionAsync(default);
        var info = await Sut.GetSystemInfoAsync(default);

        Assert.True(Version.Parse(version.APIVersion) >= ApiVersions.Oldest);
        Assert.Contains(version.Components, component => component.Name == "Engine" && component.Version == version.Version);
        Assert.Equal(version.Version, info.ServerVersion);
        Assert.Equal((true, true, true), (info.MemoryLimit, info.CPUCfsQuota, info.PidsLimit));
        Assert.Contains(info.SecurityOptions, option => option.StartsWith("name=seccomp", StringComparison.Ordinal));
        Assert.True(info.NCPU > 0 && info.MemTotal > 1 << 20);
        Assert.StartsWith("/", info.DockerRootDir, StringComparison.Ordinal);
        Assert.Contains(info.CgroupVersion, new[] { "1", "2" });
        Assert.Contains(info.CgroupDriver, new[] { "cgroupfs", "systemd" });
        Assert.Contains(info.DefaultRuntime, info.Runtimes.Keys);
        Assert.NotEmpty(info.Driver);
        Assert.NotEmpty(info.ID);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Events_OfOurContainers_ArriveInOrderWithLabels()
    {
        var events = Channel.CreateUnbounded<Message>();
        using var stop = new CancellationTokenSource();
        var filters = engine.OwnFilter;
        filters.Add("type", new Dictionary<string, bool> { ["container"] = true });
        var marker = await engine.CreateAsync("true");
        var since = (await engine.Client.Containers.InspectContainerAsync(marker, default)).Created;
        Assert.True(EngineTime.TryParse(since.ToString("O"), out var from));

        var watch = Sut.MonitorEventsAsync(
            new ContainerEventsParameters { Since = from.ToQuery(), Filters = filters },
            new DirectProgress<Message>(message => events.Writer.TryWrite(message)),
            stop.Token);
        var id = await engine.StartAsync("exit 3");
        await engine.Client.Containers.WaitContainerAsync(id, default);
        await engine.RemoveAsync(id);
        var seen = new List<Message>();
        while (seen is not [.., { Action: "destroy" }])
        {
            var message = await events.Reader.ReadAsync();
            if (message.Actor.ID == id) seen.Add(message);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
        Assert.Equal(["create", "start", "die", "destroy"], seen.Select(message => message.Action));
        Assert.All(seen, message => Assert.Equal(engine.Run, message.Actor.Attributes["provider-agent.docker-tests"]));
        Assert.Equal("3", seen[2].Actor.Attributes["exitCode"]);
        Assert.Equal(seen.Select(message => message.TimeNano).Order(), seen.Select(message => message.TimeNano));

        // The bound is inclusive: the event of that very nanosecond comes again, and "until" ends the stream.
        var again = new List<Message>();
        await Sut.MonitorEventsAsync(
            new ContainerEventsParameters
            {
                Since = EngineTime.FromUnixNanoseconds(seen[2].TimeNano).ToQuery(),
                Until = EngineTime.FromUnixNanoseconds(seen[3].TimeNano).ToQuery(),
                Filters = filters,
            },
            new DirectProgress<Message>(again.Add),
            default);
        Assert.Equal(["die", "destroy"], again.Where(message => message.Actor.ID == id).Select(message => message.Action));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task List_UnknownFilter_IsRefused()
    {
        var e = await Assert.ThrowsAsync<DockerApiException>(
            () => engine.Client.Containers.ListContainersAsync(new ContainersListParameters { Filters = RealEngine.Filter("bogus", "x") }, default));

        Assert.Contains("bogus", e.ResponseBody, StringComparison.Ordinal);
    }
}
