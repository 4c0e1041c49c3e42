using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Streams;

/// <summary>Pulls, events and waits that begin with "200 OK" and then go wrong.</summary>
public sealed class ProgressFaultTests
{
    private static readonly ImagesCreateParameters Image = new() { FromImage = "r.example/i", Tag = "1" };

    [Theory]
    [InlineData("""{"errorDetail":{"message":"unknown blob"},"error":"unknown blob"}""")]
    [InlineData("""{"errorDetail":{"message":"unknown blob"}}""")] // newer engines
    [InlineData("""{"error":"unknown blob"}""")]
    public async Task Pull_ErrorInsideTheStream_Throws(string error)
    {
        var seen = new List<string?>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync("{\"status\":\"Pulling\"}\r\n" + error[..10]);
            await exchange.WriteChunkAsync(error[10..] + "\r\n");
            await exchange.EndChunksAsync();
        });
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<DockerStreamException>(
            () => client.Images.CreateImageAsync(Image, null, new DirectProgress<JSONMessage>(line => seen.Add(line.Status)), default));

        Assert.Equal("unknown blob", e.ResponseBody);
        Assert.Equal(["Pulling"], seen);
        Assert.Equal("fromImage=r.example/i&tag=1", Assert.Single(engine.Requests).Query);
    }

    [Theory]
    [InlineData("i", "fromImage=i&tag=latest")]
    [InlineData("r:5000/i", "fromImage=r:5000/i&tag=latest")]
    [InlineData("r:5000/i:2", "fromImage=r:5000/i:2")]
    [InlineData("i@sha256:00", "fromImage=i@sha256:00")]
    public async Task Pull_ReferenceWithoutTag_NeverMeansAllTags(string reference, string query)
    {
        await using var engine = FakeEngine.Answering(200, "");
        using var client = engine.CreateClient();

        await client.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = reference }, null, new DirectProgress<JSONMessage>(_ => { }), default);

        Assert.Equal(query, Assert.Single(engine.Requests).Query);
    }

    [Fact]
    public async Task Pull_NoProgress_IsStalledAndHangsUp()
    {
        var left = new TaskCompletionSource<bool>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync("{\"status\":\"one\"}\r\n");
            left.SetResult(await exchange.HangAsync());
        });
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);
        var progressed = new TaskCompletionSource();

        var pull = client.Images.CreateImageAsync(Image, null, new DirectProgress<JSONMessage>(_ => progressed.TrySetResult()), default);
        await progressed.Task;
        await Eventually.BecomesTrueAsync("the idle deadline to run", () => time.TimerCount == 1);
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(pull.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));

        var e = await Assert.ThrowsAsync<StreamStalledException>(() => pull);
        Assert.Equal(TimeSpan.FromMinutes(5), e.Idle);
        Assert.True(e.IsTransient);
        Assert.True(await left.Task);
    }

    [Fact]
    public async Task Pull_SlowButSteady_IsNotStalled()
    {
        var next = new SemaphoreSlim(0);
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync("{\"status\":\"begun\"}\r\n");
            for (var i = 0; i < 5; i++)
            {
                await next.WaitAsync(exchange.Stopped);
                await exchange.WriteChunkAsync("{\"status\":\"more\"}\r\n");
            }

            await exchange.EndChunksAsync();
        });
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);
        var progressed = new SemaphoreSlim(0);

        var pull = client.Images.CreateImageAsync(Image, null, new DirectProgress<JSONMessage>(_ => progressed.Release()), default);
        await progressed.WaitAsync();
        for (var i = 0; i < 5; i++)
        {
            await Eventually.BecomesTrueAsync("the idle deadline to run", () => time.TimerCount == 1);
            time.Advance(TimeSpan.FromMinutes(4));
            next.Release();
            await progressed.WaitAsync();
        }

        await pull;
    }

    [Fact]
    public async Task Pull_Cancelled_HangsUp()
    {
        var left = new TaskCompletionSource<bool>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync("{\"status\":\"one\"}\r\n");
            left.SetResult(await exchange.HangAsync());
        });
        using var client = engine.CreateClient();
        using var caller = new CancellationTokenSource();
        var progressed = new TaskCompletionSource();

        var pull = client.Images.CreateImageAsync(Image, null, new DirectProgress<JSONMessage>(_ => progressed.TrySetResult()), caller.Token);
        await progressed.Task;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.True(await left.Task);
    }

    [Fact]
    public async Task Logs_DisposedUnread_HangUp()
    {
        var left = new TaskCompletionSource<bool>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"); // in one: the client is gone with its head
            left.SetResult(await exchange.HangAsync());
        });
        using var client = engine.CreateClient();

        var logs = await client.Containers.GetContainerLogsAsync("c1", tty: true, new ContainerLogsParameters { ShowStdout = true, Follow = true }, default);
        await logs.DisposeAsync();

        Assert.True(await left.Task);
    }

    [Theory]
    [InlineData(true)] // closed in the middle: no final chunk
    [InlineData(false)] // ended politely, as an engine that shuts down
    public async Task Events_StreamEnds_IsUnavailable(bool cut)
    {
        var seen = new List<string>();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync("""{"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"exitCode":"1"}},"timeNano":5}""" + "\n");
            if (!cut) await exchange.EndChunksAsync();
            exchange.Close();
        });
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(
            () => client.System.MonitorEventsAsync(new ContainerEventsParameters(), new DirectProgress<Message>(message => seen.Add(message.Action)), default));

        Assert.Equal(EngineUnavailableReason.ConnectionLost, e.Reason);
        Assert.Equal(["die"], seen);
    }

    [Fact]
    public async Task Events_WithAnEnd_Return()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.EndChunksAsync();
        });
        using var client = engine.CreateClient();
        var filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { ["lease=L 1"] = true } };

        await client.System.MonitorEventsAsync(
            new ContainerEventsParameters { Since = "1.000000002", Until = "3", Filters = filters }, new DirectProgress<Message>(_ => { }), default);

        Assert.Equal("""since=1.000000002&until=3&filters={"label":{"lease=L 1":true}}""", Assert.Single(engine.Requests).Query);
    }

    [Fact]
    public async Task Events_SilentForHours_GoOn()
    {
        var speak = new TaskCompletionSource();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await speak.Task;
            await exchange.WriteChunkAsync("""{"Type":"container","Action":"start"}""" + "\n");
            await exchange.EndChunksAsync();
        });
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);
        var seen = new List<string>();

        var events = client.System.MonitorEventsAsync(
            new ContainerEventsParameters { Until = "9" }, new DirectProgress<Message>(message => seen.Add(message.Action)), default);
        await Eventually.BecomesTrueAsync("the head of the answer to end the deadline", () => engine.Requests.Count == 1 && time.TimerCount == 0);
        time.Advance(TimeSpan.FromHours(12));
        speak.SetResult();
        await events;

        Assert.Equal(["start"], seen);
    }

    [Theory]
    [InlineData("")] // the engine shut down politely before the exit
    [InlineData("\r\n")]
    public async Task Wait_NoResult_IsUnavailable(string body)
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            if (body.Length > 0) await exchange.WriteChunkAsync(body);
            await exchange.EndChunksAsync();
        });
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.Containers.WaitContainerAsync("c1", default));
    }

    [Fact]
    public async Task Wait_Registered_IsToldBeforeTheExit()
    {
        var exit = new TaskCompletionSource();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exit.Task;
            await exchange.WriteChunkAsync("""{"Error":null,"StatusCode":7}""" + "\n");
            await exchange.EndChunksAsync();
        });
        using var client = engine.CreateClient();

        var result = await client.Containers.WaitContainerAsync(
            "c1", new ContainerWaitParameters { Condition = "next-exit", Registered = exit.SetResult }, default);

        Assert.Equal(7, result.StatusCode);
        Assert.Null(result.Error);
        Assert.Equal("condition=next-exit", Assert.Single(engine.Requests).Query);
    }
}
