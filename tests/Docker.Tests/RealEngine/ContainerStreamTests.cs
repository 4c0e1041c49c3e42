using System.Formats.Tar;
using System.Net;
using System.Text;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

public sealed class ContainerStreamTests(RealEngine engine) : IClassFixture<RealEngine>
{
    private static readonly ContainerLogsParameters Everything = new() { ShowStdout = true, ShowStderr = true, Follow = true };

    private IContainerOperations Sut => engine.Client.Containers;

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Logs_WithoutTerminal_SeparateTheOutputs()
    {
        var id = await engine.StartAsync("echo out; echo err >&2");

        await using var logs = await Sut.GetContainerLogsAsync(id, tty: false, Everything, default);

        Assert.Equal(("out\n", "err\n"), await logs.ReadOutputToEndAsync(default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Logs_Terminal_AreRaw()
    {
        var id = await engine.StartAsync("echo out; echo err >&2", parameters => parameters.Tty = true);

        await using var logs = await Sut.GetContainerLogsAsync(id, tty: true, Everything, default);

        Assert.Equal(("out\r\nerr\r\n", ""), await logs.ReadOutputToEndAsync(default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Logs_NeitherOutputChosen_IsRefused()
    {
        var id = await engine.StartAsync("true");

        var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.GetContainerLogsAsync(id, false, new ContainerLogsParameters(), default));

        Assert.Equal(HttpStatusCode.BadRequest, e.StatusCode);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task LogLines_LongLines_AreJoined()
    {
        const string Script = "echo first; head -c 40000 /dev/zero | tr '\\0' x; echo; head -c 16384 /dev/zero | tr '\\0' y; echo; printf last";
        foreach (var tty in new[] { false, true })
        {
            // What is still in a terminal when its last writer exits, the kernel may drop.
            var id = await engine.StartAsync(tty ? Script + "; sleep 0.3" : Script, parameters => parameters.Tty = tty);

            var lines = await LinesAsync(id, tty);

            Assert.Equal(["first", new string('x', 40000), new string('y', 16384), "last"], lines.Select(line => line.Text));
            Assert.All(lines, line => Assert.False(line.IsPartial));
            Assert.Equal(lines.Select(line => line.Time).Order(), lines.Select(line => line.Time));
        }
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task LogLines_ResumedAfterEveryLine_ComeOnce()
    {
        var id = await engine.StartAsync("for i in 1 2 3 4 5 6 7 8; do echo out$i; echo err$i >&2; done");
        await Sut.WaitContainerAsync(id, default);
        var texts = new List<string>();
        var cursor = default(LogCursor);

        for (var got = true; got;)
        {
            await using var reader = await ContainerLogReader.OpenAsync(Sut, id, tty: false, Everything, cursor, default);
            await using var lines = reader.ReadLinesAsync(default).GetAsyncEnumerator();
            got = await lines.MoveNextAsync();
            if (got) texts.Add(lines.Current.Text);
            cursor = reader.Cursor;
        }

        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"out{i}"), texts.Where(text => text.StartsWith("out", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"err{i}"), texts.Where(text => text.StartsWith("err", StringComparison.Ordinal)));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task LogLines_Tail_GivesTheLastOnes()
    {
        var id = await engine.StartAsync("for i in 1 2 3 4 5; do echo $i; done");
        await Sut.WaitContainerAsync(id, default);

        await using var reader = await ContainerLogReader.OpenAsync(
            Sut, id, tty: false, new ContainerLogsParameters { ShowStdout = true, Tail = "2" }, default, default);

        Assert.Equal(["4", "5"], reader.ReadLinesAsync(default).ToBlockingEnumerable().Select(line => line.Text));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task LogLines_Followed_ArriveWhileItRuns()
    {
        var id = await engine.StartAsync("read go; echo went", parameters => parameters.OpenStdin = true);
        await using var reader = await ContainerLogReader.OpenAsync(Sut, id, tty: false, Everything, default, default);
        await using var lines = reader.ReadLinesAsync(default).GetAsyncEnumerator();
        var first = lines.MoveNextAsync();
        Assert.False(first.IsCompleted);

        await using var attach = await Sut.AttachContainerAsync(id, tty: false, new ContainerAttachParameters { Stream = true, Stdin = true }, default);
        await attach.WriteAsync("\n"u8.ToArray(), default);

        Assert.True(await first);
        Assert.Equal("went", lines.Current.Text);
        Assert.False(await lines.MoveNextAsync()); // ends with the container
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Attach_HalfClose_EndsTheInputAndKeepsTheOutput()
    {
        var id = await engine.CreateAsync("cat; echo done >&2", parameters =>
            (parameters.OpenStdin, parameters.StdinOnce, parameters.AttachStdin) = (true, true, true));
        await using var attach = await Sut.AttachContainerAsync(
            id, tty: false, new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true }, default);
        await Sut.StartContainerAsync(id, new ContainerStartParameters(), default);

        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n")));
        var output = attach.ReadOutputToEndAsync(default);
        await attach.CopyFromAsync(new MemoryStream(input), default);
        await attach.CloseWriteAsync(default);

        Assert.Equal((Encoding.ASCII.GetString(input), "done\n"), await output);
        Assert.Equal(0, (await Sut.WaitContainerAsync(id, default)).StatusCode);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Attach_Terminal_IsInteractive()
    {
        var id = await engine.StartAsync("read a; stty size; echo got $a", parameters => (parameters.Tty, parameters.OpenStdin) = (true, true));
        await using var attach = await Sut.AttachContainerAsync(
            id, tty: true, new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true }, default);

        await Sut.ResizeContainerTtyAsync(id, new ContainerResizeParameters { Height = 33, Width = 111 }, default);
        await attach.WriteAsync("hello\n"u8.ToArray(), default);

        var (output, _) = await attach.ReadOutputToEndAsync(default);
        Assert.Contains("33 111\r\ngot hello\r\n", output, StringComparison.Ordinal);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Archive_PutThenGet_GivesTheSameFile()
    {
        var id = await engine.CreateAsync("cat /tmp/greeting");
        var content = new byte[1_000_000];
        content.AsSpan().Fill(7);

        await Sut.ExtractArchiveToContainerAsync(id, new ContainerPathStatParameters { Path = "/tmp" }, await TarAsync("greeting", content), default);
        await using var archive = await Sut.GetArchiveFromContainerAsync(
            id, new GetArchiveFromContainerParameters { Path = "/tmp/greeting" }, statOnly: false, default);

        Assert.Equal(("greeting", 1_000_000, ""), (archive.Stat.Name, archive.Stat.Size, archive.Stat.LinkTarget));
        await using var tar = new TarReader(archive.Stream);
        var entry = await tar.GetNextEntryAsync();
        var read = new MemoryStream();
        await (entry?.DataStream ?? Stream.Null).CopyToAsync(read);
        Assert.Equal(content, read.ToArray());
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Archive_Stat_TellsKinds()
    {
        var id = await engine.CreateAsync("true");

        var folder = await Sut.GetArchiveFromContainerAsync(id, new GetArchiveFromContainerParameters { Path = "/tmp" }, statOnly: true, default);

        Assert.Equal("tmp", folder.Stat.Name);
        Assert.NotEqual(0u, folder.Stat.Mode & (1u << 31));
        Assert.Equal(0, await folder.Stream.ReadAsync(new byte[1]));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Archive_PathOrContainerMissing_AreTold()
    {
        var id = await engine.CreateAsync("true");
        var nowhere = new GetArchiveFromContainerParameters { Path = "/no/such" };

        foreach (var statOnly in new[] { true, false })
        {
            var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.GetArchiveFromContainerAsync(id, nowhere, statOnly, default));
            Assert.Equal(HttpStatusCode.NotFound, e.StatusCode);
        }

        var put = await Assert.ThrowsAsync<DockerApiException>(async () =>
            await Sut.ExtractArchiveToContainerAsync(
                id, new ContainerPathStatParameters { Path = "/no/such" }, await TarAsync("a", new byte[50_000_000]), default));
        Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() =>
            Sut.GetArchiveFromContainerAsync("no-such-container-here", nowhere, statOnly: false, default));
    }

    private static async Task<MemoryStream> TarAsync(string name, byte[] content)
    {
        var buffer = new MemoryStream();
        await using (var writer = new TarWriter(buffer, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        buffer.Position = 0;
        return buffer;
    }

    private async Task<List<LogLine>> LinesAsync(string id, bool tty)
    {
        await using var reader = await ContainerLogReader.OpenAsync(Sut, id, tty, Everything, default, default);
        return reader.ReadLinesAsync(default).ToBlockingEnumerable().ToList();
    }
}
