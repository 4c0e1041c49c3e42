using System.Net.Sockets;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Transport;

/// <summary>Whatever goes wrong between us and the engine is an <see cref="EngineUnavailableException"/> or an
/// <see cref="EngineProtocolException"/>, never an empty answer.</summary>
public sealed class ConnectionFaultTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    [Fact]
    public async Task Call_NoSocketFile_SaysHowToStartTheEngine()
    {
        using var folder = new TempFolder();
        var e = await UnavailableAsync(new Uri($"unix://{folder.File("none.sock")}"));

        Assert.Equal(EngineUnavailableReason.NotReachable, e.Reason);
        Assert.Contains("does not exist", e.Message, StringComparison.Ordinal);
        Assert.Contains("none.sock", e.Message, StringComparison.Ordinal);
        Assert.True(e.IsTransient);
    }

    [Fact]
    public async Task Call_SocketFileWithoutListener_SaysThatTheEngineHasStopped()
    {
        using var folder = new TempFolder();
        var path = folder.File("dead.sock");
        await File.WriteAllTextAsync(path, ""); // connecting to it fails as to the socket that a crashed engine leaves behind

        var e = await UnavailableAsync(new Uri($"unix://{path}"));

        Assert.Equal(EngineUnavailableReason.NotReachable, e.Reason);
        Assert.Contains("nobody listens", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_TcpPortWithoutListener_IsUnreachable()
    {
        var e = await UnavailableAsync(new Uri($"tcp://127.0.0.1:{FreePort.Next()}"));

        Assert.Equal(EngineUnavailableReason.NotReachable, e.Reason);
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_UnknownHost_IsUnreachable()
    {
        var e = await UnavailableAsync(new Uri("tcp://engine.invalid:2375"));

        Assert.Equal(EngineUnavailableReason.NotReachable, e.Reason);
        Assert.Contains("engine.invalid", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ListenerThatNeverAccepts_EndsAtTheDeadline()
    {
        // A TLS handshake that gets no answer stands in for every connection that hangs half-way.
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var time = new ManualTimeProvider();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var configuration = new DockerClientConfiguration(new Uri($"https://127.0.0.1:{port}")) { TimeProvider = time };
        using var client = configuration.CreateClient();

        var call = client.System.PingAsync(default);
        using var accepted = await listener.AcceptSocketAsync();
        await accepted.ReceiveAsync(new byte[1]); // its client hello: the handshake is under way
        time.Advance(TimeSpan.FromSeconds(6));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => call);
        Assert.Equal(EngineUnavailableReason.NotReachable, e.Reason);
    }

    [Theory]
    [InlineData("")] // closed without a byte
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Ty")]
    [InlineData(Head + "Content-Length: 100\r\n\r\n[")]
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n")] // complete JSON, but no final chunk
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\n20\r\n[")]
    public async Task Call_ConnectionCut_IsUnavailableAndNotEmpty(string answer)
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync(answer);
            exchange.Close();
        });
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => ListAsync(client));

        Assert.Equal(EngineUnavailableReason.ConnectionLost, e.Reason);
        Assert.Contains(engine.SocketPath, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n")]
    public async Task Call_AnswerIsNotHttp_IsAProtocolFault(string answer)
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync(answer);
            exchange.Close();
        });
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<EngineProtocolException>(() => ListAsync(client));
        Assert.False(e.IsTransient);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("""[{"Id":null,"State":"running"}]""")]
    [InlineData("""[{"Id":5,"State":"running"}]""")]
    [InlineData("""[{"Id":"a","State":"running","Created":"x"}]""")]
    [InlineData("""[{"Id":"a","State":"running"}""")]
    [InlineData("""[{"Id":"a","State":"running"}] []""")]
    [InlineData("<html>proxy</html>")]
    public async Task Call_AnswerIsNoContainerList_IsAProtocolFault(string answer)
    {
        await using var engine = FakeEngine.Answering(200, answer);
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<EngineProtocolException>(() => ListAsync(client));
    }

    [Fact]
    public async Task Call_DeepJson_IsAProtocolFault()
    {
        await using var engine = FakeEngine.Answering(200, new string('[', 10_000));
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<EngineProtocolException>(() => ListAsync(client));
    }

    [Fact]
    public async Task Call_AnswerTooLarge_IsGivenUp()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync("[");
            while (true) await exchange.WriteChunkAsync(new string(' ', 60_000)); // until the client hangs up
        });
        using var client = engine.CreateClient(limits: new DockerClientLimits { MaxAnswerBytes = 1024 * 1024 });

        var e = await Assert.ThrowsAsync<EngineProtocolException>(() => ListAsync(client));
        Assert.Contains("1048576", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_HeadTooLarge_IsAProtocolFault()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync($"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 100_000)}\r\nContent-Length: 2\r\n\r\n[]");
            exchange.Close();
        });
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<EngineProtocolException>(() => ListAsync(client));
    }

    [Theory]
    [InlineData("")] // no head
    [InlineData(Head + "Content-Length: 100\r\n\r\n[")] // no rest of the body
    public async Task Call_AnswerHangs_EndsAtTheDeadline(string answer)
    {
        var hanging = new TaskCompletionSource();
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.WriteAsync(answer);
            hanging.SetResult();
            await exchange.HangAsync();
        });
        var time = new ManualTimeProvider();
        using var client = engine.CreateClient(time);

        var call = ListAsync(client);
        await hanging.Task;
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => call);
        Assert.Equal(EngineUnavailableReason.DeadlinePassed, e.Reason);
        Assert.Contains("container_list", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_CallerGivesUp_ThrowsForHisTokenAndHangsUp()
    {
        var arrived = new TaskCompletionSource();
        var left = new TaskCompletionSource<bool>();
        await using var engine = new FakeEngine(async exchange =>
        {
            arrived.SetResult();
            left.SetResult(await exchange.HangAsync());
        });
        using var client = engine.CreateClient();
        using var caller = new CancellationTokenSource();

        var call = client.Containers.StartContainerAsync("c1", new ContainerStartParameters(), caller.Token);
        await arrived.Task;
        await caller.CancelAsync();

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, e.CancellationToken);
        Assert.True(await left.Task);
    }

    [Fact]
    public async Task Call_CancelledBefore_SendsNothing()
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        using var client = engine.CreateClient();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Containers.ListContainersAsync(new(), new CancellationToken(true)));
        Assert.Equal(0, engine.Connections);
    }

    [Fact]
    public async Task Call_EngineClosedTheIdleConnection_UsesANewOne()
    {
        // As after a restart of the engine: the pooled connection is dead, and nobody may notice.
        var closed = new SemaphoreSlim(0);
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.RespondAsync(200, "[]");
            exchange.Close();
            closed.Release();
        });
        using var client = engine.CreateClient();

        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(await ListAsync(client));
            await closed.WaitAsync();
        }

        Assert.Equal(5, engine.Requests.Count);
    }

    [Fact]
    public async Task Call_ShortAnswers_ShareOneConnection()
    {
        await using var engine = FakeEngine.Answering(200, "[]");
        using var client = engine.CreateClient();

        for (var i = 0; i < 5; i++) await ListAsync(client);

        Assert.Equal(1, engine.Connections);
    }

    private static Task<IList<ContainerListResponse>> ListAsync(DockerClient client) =>
        client.Containers.ListContainersAsync(new ContainersListParameters(), default);

    private static async Task<EngineUnavailableException> UnavailableAsync(Uri endpoint)
    {
        using var configuration = new DockerClientConfiguration(endpoint);
        using var client = configuration.CreateClient();
        return await Assert.ThrowsAsync<EngineUnavailableException>(() => ListAsync(client));
    }
}
