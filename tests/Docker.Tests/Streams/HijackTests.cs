using System.Net;
using System.Text;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Streams;

public sealed class HijackTests
{
    private static readonly byte[] Hello = MultiplexedStreamTests.Frame(MultiplexedStream.TargetStream.StandardOut, "hello"u8.ToArray());

    [Theory]
    [InlineData("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")]
    public async Task ExecStart_AnyFormOfHijack_CarriesBothDirections(string head)
    {
        var input = new TaskCompletionSource<string>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync([.. Encoding.ASCII.GetBytes(head), .. Hello[..3]]); // head and first bytes in one packet
            await exchange.WriteAsync(Hello[3..]);
            using var reader = new StreamReader(exchange.Stream, leaveOpen: true);
            input.SetResult(await reader.ReadToEndAsync(exchange.Stopped)); // ends with the client's half-close
            await exchange.WriteAsync(MultiplexedStreamTests.Frame(MultiplexedStream.TargetStream.StandardError, "bye"u8.ToArray()));
            exchange.Close();
        });
        using var client = engine.CreateClient();

        await using var stream = await client.Exec.StartAndAttachContainerExecAsync("e1", tty: false, default);
        await stream.WriteAsync("some "u8.ToArray(), default);
        await stream.CopyFromAsync(new MemoryStream("input"u8.ToArray()), default);
        await stream.CloseWriteAsync(default);
        var (stdout, stderr) = await stream.ReadOutputToEndAsync(default);

        Assert.Equal(("hello", "bye"), (stdout, stderr));
        Assert.Equal("some input", await input.Task);
        var request = Assert.Single(engine.Requests);
        Assert.Equal("/v1.41/exec/e1/start", request.Path);
        Assert.Equal("Upgrade", request.Header("Connection"));
        Assert.Equal("tcp", request.Header("Upgrade"));
        Assert.Equal("""{"Detach":false,"Tty":false}""", request.BodyText);
    }

    [Fact]
    public async Task ExecStart_Refused_IsTheEnginesReason()
    {
        await using var engine = FakeEngine.Answering(409, """{"message":"Container c1 is paused"}""");
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<DockerApiException>(() => client.Exec.StartAndAttachContainerExecAsync("e1", tty: true, default));

        Assert.Equal(HttpStatusCode.Conflict, e.StatusCode);
        Assert.Equal("Container c1 is paused", e.ResponseBody);
    }

    [Fact]
    public async Task Attach_ManyAtOnce_EachHasItsOwnConnection()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            var buffer = new byte[100];
            var count = await exchange.Stream.ReadAsync(buffer, exchange.Stopped);
            await exchange.WriteAsync(buffer[..count]);
            exchange.Close();
        });
        using var client = engine.CreateClient();

        var echoes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using var stream = await client.Containers.AttachContainerAsync(
                "c1", tty: true, new ContainerAttachParameters { Stream = true, Stdin = true }, default);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"client {i}"), default);
            return (await stream.ReadOutputToEndAsync(default)).Stdout;
        }));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"client {i}"), echoes);
    }

    [Fact]
    public async Task Attach_Disposed_ClosesTheConnection()
    {
        var left = new TaskCompletionSource<bool>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            left.SetResult(await exchange.HangAsync());
        });
        using var client = engine.CreateClient();

        var stream = await client.Containers.AttachContainerAsync("c1", tty: true, new ContainerAttachParameters { Stream = true }, default);
        await stream.DisposeAsync();

        Assert.True(await left.Task);
    }

    [Fact]
    public async Task Attach_WriteAfterTheEngineLeft_IsUnavailable()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            exchange.Close();
        });
        using var client = engine.CreateClient();
        await using var stream = await client.Containers.AttachContainerAsync("c1", tty: true, new ContainerAttachParameters { Stream = true }, default);
        Assert.True((await stream.ReadOutputAsync(new byte[1].AsMemory(), default)).EOF);

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(async () =>
        {
            while (true) await stream.WriteAsync(new byte[1024], default);
        });
        Assert.Equal(EngineUnavailableReason.ConnectionLost, e.Reason);
    }

    [Fact]
    public async Task Attach_ReadCancelled_ThrowsForTheToken()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            await exchange.HangAsync();
        });
        using var client = engine.CreateClient();
        await using var stream = await client.Containers.AttachContainerAsync("c1", tty: true, new ContainerAttachParameters { Stream = true }, default);
        using var caller = new CancellationTokenSource();

        var read = stream.ReadOutputAsync(new byte[1].AsMemory(), caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task ExecStart_HeadHangs_EndsAtTheDeadline()
    {
        var arrived = new TaskCompletionSource();
        await using var engine = new FakeEngine(async exchange =>
        {
            arrived.SetResult();
            await exchange.HangAsync();
        });
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);

        var call = client.Exec.StartAndAttachContainerExecAsync("e1", tty: true, default);
        await arrived.Task;
        time.Advance(TimeSpan.FromSeconds(11));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => call);
        Assert.Equal(EngineUnavailableReason.DeadlinePassed, e.Reason);
    }
}
