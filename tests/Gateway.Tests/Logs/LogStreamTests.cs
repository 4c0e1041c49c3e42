using System.Net.WebSockets;
using ProviderAgent.Gateway.Tests.Fakes;

namespace ProviderAgent.Gateway.Tests.Logs;

public sealed class LogStreamTests
{
    private const string Path = "/lease/7/1/1/logs";

    [Fact]
    public async Task Logs_Finished_AreFramesThenANormalClose()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(LogSources.Lines(new("web-0", "hello \"you\" <b>"), new("db-0", ""), new("web-1", "é 漢")));
        using var socket = await gateway.ConnectAsync(Path);

        var (frames, status, reason) = await socket.ReadAllAsync();

        Assert.Equal(["""{"name":"web-0","message":"hello \"you\" <b>"}""", """{"name":"db-0","message":""}""", """{"name":"web-1","message":"é 漢"}"""], frames);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, ""), (status, reason));
    }

    public static TheoryData<string, int, string> Endings => new()
    {
        { "unknown lease", 4001, "" },
        { "unknown service", 4001, "no service cache" },
        { "no instances", 4000, "no running pods" },
        { "unavailable", 4002, "the engine does not answer" },
        { "unavailable while reading", 4002, "the engine does not answer" },
        { "failure", 4000, "internal error" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Logs_CannotBeShown_CloseWithTheCodeThatToolsKnow(string ending, int status, string reason)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Logs.Open = _ => ending switch
        {
            "unknown lease" => new LeaseLogs.UnknownLease(),
            "unknown service" => new LeaseLogs.UnknownService("cache"),
            "no instances" => new LeaseLogs.NoInstances(),
            "unavailable" => throw new BackendUnavailableException("the engine does not answer"),
            "unavailable while reading" => new LeaseLogs.Opened(LogSources.LinesThen(new BackendUnavailableException("the engine does not answer"))),
            _ => throw new InvalidOperationException("secret detail"),
        };
        using var socket = await gateway.ConnectAsync(Path);

        var closed = await socket.ReadAllAsync();

        Assert.Equal((status, reason), ((int)closed.Status!, closed.Reason));
    }

    [Fact]
    public async Task Logs_Following_ComeAsTheyAreWrittenUntilTheReaderLeaves()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var source = new LogSource();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(source.ReadAsync());
        using var socket = await gateway.ConnectAsync(Path + "?follow=true");

        await source.WriteAsync("one");
        Assert.Contains("one", await socket.ReadAsync(), StringComparison.Ordinal);
        await source.WriteAsync("two");
        Assert.Contains("two", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await Eventually.BecomesTrueAsync("the source's end", () => source.IsDisposed);
    }

    [Fact]
    public async Task Logs_ReaderCutOff_EndsTheSource()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var source = new LogSource();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(source.ReadAsync());
        var socket = await gateway.ConnectAsync(Path + "?follow=true");

        socket.Abort();

        await Eventually.BecomesTrueAsync("the source's end", () => source.IsDisposed);
    }

    [Fact]
    public async Task Logs_PingsUnanswered_DropThePeer()
    {
        await using var gateway = await GatewayHarness.StartAsync(options =>
        {
            options.Limits.PingInterval = TimeSpan.FromMilliseconds(100);
            options.Limits.PongTimeout = TimeSpan.FromMilliseconds(500);
        });
        var source = new LogSource();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(source.ReadAsync());
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);
        await client.UpgradeAsync(Path + "?follow=true", Tokens.Full);

        for (var i = 0; i < 3; i++)
        {
            var (opcode, payload) = await client.ReadFrameAsync();
            Assert.Equal(0x9, opcode); // ping
            await client.SendAsync([0x8A, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]); // pong, masked with zeros
        }

        Assert.False(source.IsDisposed);
        await client.ReadToEndAsync(); // no more answers
        await Eventually.BecomesTrueAsync("the source's end", () => source.IsDisposed);
    }

    [Fact]
    public async Task Logs_ReaderTakesNothing_HoldsTheSourceBackAndIsDropped()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var source = new EndlessLogSource();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(source.ReadAsync());
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);
        await client.UpgradeAsync(Path + "?follow=true", Tokens.Full);

        // Once the buffers of both ends are full, the gateway waits, and asks for no more lines meanwhile.
        var (taken, same) = (0, 0);
        await Eventually.BecomesTrueAsync("the source held back", () =>
        {
            same = source.Taken == taken && gateway.Time.TimerCount > 0 ? same + 1 : 0;
            taken = source.Taken;
            return same == 5;
        });
        Assert.InRange(source.Taken, 1, 20_000);
        Assert.False(source.IsDisposed);

        gateway.Time.Advance(TimeSpan.FromSeconds(30));

        await Eventually.BecomesTrueAsync("the source's end", () => source.IsDisposed);
    }

    [Fact]
    public async Task Logs_LongLine_IsSplitAndNotLost()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var text = string.Concat(Enumerable.Repeat("\uD83D\uDE00", 70_000)) + "end";
        gateway.Logs.Open = _ => new LeaseLogs.Opened(LogSources.Lines(new LogLine("web-0", "x" + text)));
        using var socket = await gateway.ConnectAsync(Path);

        var (frames, _, _) = await socket.ReadAllAsync();

        var parts = frames.Select(frame => System.Text.Json.Nodes.JsonNode.Parse(frame)!["message"]!.GetValue<string>()).ToArray();
        Assert.Equal(3, parts.Length);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, LogFrames.MaxMessage));
        Assert.Equal("x" + text, string.Concat(parts));
    }

    [Fact]
    public async Task Logs_GatewayStops_TellTheReaderToComeBack()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var source = new LogSource();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(source.ReadAsync());
        using var socket = await gateway.ConnectAsync(Path + "?follow=true");
        await source.WriteAsync("one");
        await socket.ReadAsync();

        var stopping = gateway.StopAsync();
        var (_, status, reason) = await socket.ReadAllAsync();
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await stopping;

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "the provider restarts; connect again"), (status!.Value, reason));
        Assert.True(source.IsDisposed);
    }
}
