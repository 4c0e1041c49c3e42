using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Gateway.Tests.Uploads;

namespace ProviderAgent.Gateway.Tests.Listening;

public sealed class RequestLimitTests
{
    [Theory]
    [InlineData("GET\r\n\r\n", "400")]
    [InlineData("GET /address HTTP/9.9\r\n\r\n", "505")]
    [InlineData("GET /address HTTP/1.1\r\n\r\n", "400")] // no host
    [InlineData("GET /address HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", "400")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("GET //version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404")]
    [InlineData("GET /./version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200")] // means the same path
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404")]
    [InlineData("PUT /deployment/1/manifest HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", "400")]
    [InlineData("PUT /deployment/1/manifest HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "401")]
    public async Task Request_Garbage_IsAnsweredOrClosed(string request, string status)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);

        await client.SendAsync(request);

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HeadersTooLarge_AreRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);

        await client.SendAsync($"GET /address HTTP/1.1\r\nHost: x\r\nX-Long: {new string('a', 40_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HeadersThatNeverEnd_AreCutOff()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.Limits.HeaderTimeout = TimeSpan.FromSeconds(1));
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);

        await client.SendAsync("GET /address HTTP/1.1\r\nHost: x\r\n");

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_BodyOneByteTooLarge_IsRefusedWithoutReadingIt()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        TestDeployment.Put(gateway, TestDeployment.Case("ok-simple"));
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);

        await client.SendAsync($"PUT /deployment/{TestDeployment.Dseq}/manifest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Tokens.Get(Tokens.Full)}\r\nContent-Length: {(8 * 1024 * 1024) + 1}\r\n\r\n");

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("request body too large\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ChunksAddUpToTooMuch_AreRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.Limits.Body = new(1000));
        TestDeployment.Put(gateway, TestDeployment.Case("ok-simple"));
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);

        await client.SendAsync($"PUT /deployment/{TestDeployment.Dseq}/manifest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Tokens.Get(Tokens.Full)}\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{new string('[', 1001)}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_BodyAtTheLimit_IsJudged()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = TestDeployment.Case("ok-simple");
        TestDeployment.Put(gateway, one);
        byte[] padded = [.. one.Body, .. Enumerable.Repeat((byte)' ', (8 * 1024 * 1024) - one.Body.Length)];

        await Answer.IsTextAsync(await TestDeployment.SendAsync(gateway, padded), 200, "");
    }

    [Fact]
    public async Task Request_BodyThatNeverComes_IsGivenUp()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        TestDeployment.Put(gateway, TestDeployment.Case("ok-simple"));
        await gateway.SendAsync("GET", "/address");
        await using var client = await RawClient.ConnectAsync(gateway.Endpoint);
        await client.SendAsync($"PUT /deployment/{TestDeployment.Dseq}/manifest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Tokens.Get(Tokens.Full)}\r\nContent-Length: 100\r\n\r\n[");
        await Eventually.BecomesTrueAsync("the gateway waiting for the body", () => gateway.Time.TimerCount > 0);

        gateway.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
