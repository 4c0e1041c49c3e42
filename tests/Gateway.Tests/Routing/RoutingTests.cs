namespace ProviderAgent.Gateway.Tests.Routing;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/versions")]
    [InlineData("/Version")]
    [InlineData("/version/")]
    [InlineData("/validate")]
    [InlineData("/lease/1/1/1")]
    [InlineData("/lease/1/1/1/status/")]
    [InlineData("/lease/1/1//status")]
    [InlineData("/lease/1/1/1/service//status")]
    [InlineData("/lease/1/1/1/service/a%2Fb/status/x")]
    [InlineData("/lease/1/1/1/attestation/quote")]
    [InlineData("/lease/..%2f..%2fetc/1/1/passwd")]
    public async Task Request_UnknownPath_IsNotFoundWithoutAuthentication(string path)
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var response = await gateway.SendAsync("GET", path, token: null);

        await Answer.IsTextAsync(response, 404, "404 page not found\n");
    }

    [Theory]
    [InlineData("POST", "/version")]
    [InlineData("HEAD", "/status")]
    [InlineData("OPTIONS", "/address")]
    [InlineData("GET", "/deployment/1/manifest")]
    [InlineData("PUT", "/lease/1/1/1/manifest")]
    [InlineData("DELETE", "/lease/1/1/1/logs")]
    [InlineData("BREW", "/lease/1/1/1/status")]
    public async Task Request_OtherMethod_IsRefusedWithoutBodyOrAuthentication(string method, string path)
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var response = await gateway.SendAsync(method, path, token: null);

        await Answer.IsTextAsync(response, 405, "");
    }

    [Theory]
    [InlineData("/lease/x/1/1/status", "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("/lease/-1/1/1/status", "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("/lease/1.0/1/1/status", "strconv.ParseUint: parsing \"1.0\": invalid syntax")]
    [InlineData("/lease/18446744073709551616/1/1/status", "strconv.ParseUint: parsing \"18446744073709551616\": value out of range")]
    [InlineData("/lease/1/4294967296/1/status", "strconv.ParseUint: parsing \"4294967296\": value out of range")]
    [InlineData("/lease/1/1/0x1/logs", "strconv.ParseUint: parsing \"0x1\": invalid syntax")]
    [InlineData("/lease/1/1/%D9%A1/status", "strconv.ParseUint: parsing \"?\": invalid syntax")]
    [InlineData("/lease/1/1/%22%3Cb%3E/status", "strconv.ParseUint: parsing \"?<b>\": invalid syntax")]
    public async Task Request_BadNumber_IsNamed(string path, string message)
    {
        await using var gateway = await GatewayHarness.StartAsync();

        using var response = await gateway.SendAsync("GET", path);

        await Answer.IsTextAsync(response, 400, message + "\n");
    }

    [Fact]
    public async Task Request_BadNumberFromAStranger_IsDeniedFirst()
    {
        await using var gateway = await GatewayHarness.StartAsync();

        await Answer.IsMessageAsync(await gateway.SendAsync("GET", "/lease/x/1/1/status", token: null), 401, "unauthorized access");
    }

    [Fact]
    public async Task Request_HandlerFails_IsAnErrorWithoutDetails()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Status.Read = () => throw new InvalidOperationException("secret detail");

        await Answer.IsTextAsync(await gateway.SendAsync("GET", "/status", token: null), 500, "internal error\n");
    }

    [Fact]
    public async Task Request_BackendAway_IsUnavailableWithTheCause()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        gateway.Directory.IsDown = true;

        await Answer.IsTextAsync(await gateway.SendAsync("GET", "/lease/1/1/1/status"), 503, "the leases are not known yet\n");
        await Answer.IsTextAsync(await gateway.SendAsync("PUT", "/deployment/1/manifest"), 503, "the leases are not known yet\n");
    }
}
