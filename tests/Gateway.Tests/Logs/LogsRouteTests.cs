using System.Net.WebSockets;
using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Logs;

public sealed class LogsRouteTests
{
    private const string Path = "/lease/7/1/1/logs";

    private static readonly LeaseId Lease = new(new(Tokens.Owner, 7, 1, 1), Tokens.Provider);

    [Theory]
    [InlineData("", false, null, "")]
    [InlineData("?follow=true&tail=20&service=web,db", true, 20, "web,db")]
    [InlineData("?follow=1&tail=-1&services=web", true, null, "web")]
    [InlineData("?follow=F&tail=0&service=web&services=db,web", false, 0, "web,db")]
    [InlineData("?tail=10000000000&service=", false, int.MaxValue, "")]
    public async Task Logs_Query_IsPassedOn(string query, bool follow, int? tail, string services)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(LogSources.Lines());
        using var socket = await gateway.ConnectAsync(Path + query);
        await socket.ReadAllAsync();

        var request = Assert.Single(gateway.Logs.Requests);

        Assert.Equal(new LogRequest(Lease, services.Split(',', StringSplitOptions.RemoveEmptyEntries).ToValueList(), follow, tail), request);
    }

    [Theory]
    [InlineData("?follow=yes", "parameter \"follow\" must be true or false")]
    [InlineData("?follow=", "parameter \"follow\" must be true or false")]
    [InlineData("?tail=-2", "parameter \"tail\" must be a whole number of at least -1")]
    [InlineData("?tail=x", "parameter \"tail\" must be a whole number of at least -1")]
    [InlineData("?service=web,", "parameter \"service\" must not contain trailing comma")]
    [InlineData("?services=,", "parameter \"services\" must not contain trailing comma")]
    public async Task Logs_BadQuery_IsRefusedBeforeTheScopeIsChecked(string query, string message)
    {
        await using var gateway = await GatewayHarness.StartAsync();

        await Answer.IsTextAsync(await gateway.SendAsync("GET", Path + query, "valid-granular-provider-scoped-ES256K"), 400, message + "\n");
        await Answer.IsMessageAsync(await gateway.SendAsync("GET", Path, "valid-granular-provider-scoped-ES256K"), 401, "unauthorized access");
    }

    [Fact]
    public async Task Logs_MoreStreamsThanALeaseMayHave_AreRefusedUntilOneEnds()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.Limits.StreamsPerLease = 1);
        var source = new LogSource();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(source.ReadAsync());
        using var first = await gateway.ConnectAsync(Path);
        using var second = new ClientWebSocket();

        await Assert.ThrowsAsync<WebSocketException>(() => gateway.ConnectAsync(second, Path, Tokens.Full));

        Assert.Equal(429, (int)second.HttpStatusCode);
        using var otherLease = await gateway.ConnectAsync("/lease/8/1/1/logs");
        source.End();
        await first.ReadAllAsync();
        await first.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        gateway.Logs.Open = _ => new LeaseLogs.Opened(LogSources.Lines());
        using var third = await Eventually.GetAsync<ClientWebSocket>("a free slot", async () => await gateway.ConnectAsync(Path));
    }

    [Fact]
    public async Task Logs_NotAWebSocket_IsRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var response = await gateway.SendAsync("GET", Path);

        Assert.Equal("13", Assert.Single(response.Headers.GetValues("Sec-WebSocket-Version")));
        await Answer.IsTextAsync(response, 400, "Bad Request\n");
        Assert.Empty(gateway.Logs.Requests);
    }

    [Fact]
    public async Task Logs_FromAForeignPage_AreRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Logs.Open = _ => new LeaseLogs.Opened(LogSources.Lines());
        using var foreign = new ClientWebSocket();

        await Assert.ThrowsAsync<WebSocketException>(() => gateway.ConnectAsync(foreign, Path, Tokens.Full, options => options.SetRequestHeader("Origin", "https://evil.example.com")));
        Assert.Equal(403, (int)foreign.HttpStatusCode);

        using var own = await gateway.ConnectAsync(Path, configure: options => options.SetRequestHeader("Origin", $"https://127.0.0.1:{gateway.Endpoint.Port}"));
    }

    [Fact]
    public async Task Logs_Anonymous_AreDeniedBeforeTheUpgrade()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        using var socket = new ClientWebSocket();

        await Assert.ThrowsAsync<WebSocketException>(() => gateway.ConnectAsync(socket, Path, token: null));

        Assert.Equal(401, (int)socket.HttpStatusCode);
    }
}
