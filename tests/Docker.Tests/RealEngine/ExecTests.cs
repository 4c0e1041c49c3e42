using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

public sealed class ExecTests(RealEngine engine) : IClassFixture<RealEngine>
{
    private IExecOperations Sut => engine.Client.Exec;

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Exec_WithoutTerminal_GivesBothOutputsAndTheExitCode()
    {
        var container = await engine.StartAsync("sleep 60");
        var id = await CreateAsync(container, ["sh", "-c", "echo $A; pwd >&2; exit 9"], parameters =>
        {
            parameters.Env = ["A=from env"];
            parameters.WorkingDir = "/tmp";
        });

        await using var stream = await Sut.StartAndAttachContainerExecAsync(id, tty: false, default);
        var output = await stream.ReadOutputToEndAsync(default);

        Assert.Equal(("from env\n", "/tmp\n"), output);
        var inspect = await EndedAsync(id);
        Assert.Equal((container, 9L), (inspect.ContainerID, inspect.ExitCode));
        await engine.RemoveAsync(container);
        var gone = await Assert.ThrowsAsync<DockerApiException>(() => Sut.InspectContainerExecAsync(id, default));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Exec_HalfClose_EndsTheInput()
    {
        var container = await engine.StartAsync("sleep 60");
        var id = await CreateAsync(container, ["sh", "-c", "wc -c"], parameters => parameters.AttachStdin = true);
        await using var stream = await Sut.StartAndAttachContainerExecAsync(id, tty: false, default);

        var output = stream.ReadOutputToEndAsync(default);
        await stream.CopyFromAsync(new MemoryStream(new byte[300_000]), default);
        await stream.CloseWriteAsync(default);

        Assert.Equal("300000\n", (await output).Stdout);
        await engine.RemoveAsync(container);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Exec_Terminal_HasASizeAndEchoes()
    {
        var container = await engine.StartAsync("sleep 60");
        var id = await CreateAsync(container, ["sh"], parameters => (parameters.Tty, parameters.AttachStdin) = (true, true));
        await using var stream = await Sut.StartAndAttachContainerExecAsync(id, tty: true, default);

        await Sut.ResizeContainerExecTtyAsync(id, new ContainerResizeParameters { Height = 33, Width = 111 }, default);
        await stream.WriteAsync("stty size; exit 4\n"u8.ToArray(), default);

        Assert.Contains("33 111\r\n", (await stream.ReadOutputToEndAsync(default)).Stdout, StringComparison.Ordinal);
        Assert.Equal(4, (await EndedAsync(id)).ExitCode);
        await engine.RemoveAsync(container);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Exec_CommandMissing_ShowsInOutputAndExitCode()
    {
        var container = await engine.StartAsync("sleep 60");
        var id = await CreateAsync(container, ["/nope"]);

        await using var stream = await Sut.StartAndAttachContainerExecAsync(id, tty: false, default);

        Assert.Contains("/nope", (await stream.ReadOutputToEndAsync(default)).Stdout, StringComparison.Ordinal);
        Assert.InRange((await EndedAsync(id)).ExitCode ?? 0, 126, 127);
        await engine.RemoveAsync(container);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Exec_ClientGone_ProcessGoesOnAndItsPidIsKnown()
    {
        var container = await engine.StartAsync("sleep 60");
        var id = await CreateAsync(container, ["sh", "-c", "echo up; sleep 60"]);
        await using (var stream = await Sut.StartAndAttachContainerExecAsync(id, tty: false, default))
        {
            Assert.False((await stream.ReadOutputAsync(new byte[10].AsMemory(), default)).EOF);
        }

        // The first output may come before the engine has noted the process.
        var inspect = await Eventually.GetAsync("the session's process id", async () =>
            await Sut.InspectContainerExecAsync(id, default) is { Pid: > 0 } known ? known : null);

        Assert.Equal((true, null), (inspect.Running, inspect.ExitCode));
        Assert.Contains(container, await File.ReadAllTextAsync($"/proc/{inspect.Pid}/cgroup"), StringComparison.Ordinal);
        await engine.RemoveAsync(container);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Exec_Detached_RunsToItsEnd()
    {
        var container = await engine.StartAsync("sleep 60");
        var id = await CreateAsync(container, ["sh", "-c", "exit 6"]);

        await Sut.StartContainerExecAsync(id, default);

        Assert.Equal(6, (await EndedAsync(id)).ExitCode);
        await engine.RemoveAsync(container);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task ExecCreate_StoppedContainer_IsAConflict()
    {
        var container = await engine.CreateAsync("true");

        var e = await Assert.ThrowsAsync<DockerApiException>(() => CreateAsync(container, ["true"]));

        Assert.Equal(HttpStatusCode.Conflict, e.StatusCode);
    }

    private async Task<string> CreateAsync(string container, string[] command, Action<ContainerExecCreateParameters>? change = null)
    {
        var parameters = new ContainerExecCreateParameters { Cmd = command, AttachStdout = true, AttachStderr = true };
        change?.Invoke(parameters);
        return (await Sut.ExecCreateContainerAsync(container, parameters, default)).ID;
    }

    private Task<ContainerExecInspectResponse> EndedAsync(string id) => Eventually.GetAsync("the session to end", async () =>
        await Sut.InspectContainerExecAsync(id, default) is { Running: false, ExitCode: not null } ended ? ended : null);
}
