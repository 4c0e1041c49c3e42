using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Hooks;

public sealed class HttpHookTests
{
    [Theory]
    [InlineData("5.25", "5.25")]
    [InlineData("""{"price":"5.25"}""", "5.25")]
    [InlineData("""{"price":5.25}""", "5.25")]
    public async Task Price_GoodAnswer_IsTaken(string body, string expected)
    {
        using var server = new CannedServer(CannedServer.Ok(body));

        Assert.Equal(expected, Price.Text(await AskAsync(server.Url)));
        Assert.StartsWith("POST /price", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains("\"price_precision\":6", server.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 OK", "{}", DeclineReason.HookAnswerInvalid)]
    [InlineData("200 OK", "{\"price\":\"NaN\"}", DeclineReason.HookAnswerInvalid)]
    [InlineData("200 OK", "{\"price\":-1}", DeclineReason.HookAnswerInvalid)]
    [InlineData("200 OK", "{\"price\":1e400}", DeclineReason.HookAnswerInvalid)]
    [InlineData("200 OK", "{", DeclineReason.HookAnswerInvalid)]
    [InlineData("200 OK", "{\"refuse\":\"not today\"}", DeclineReason.HookRefused)]
    [InlineData("422 Unprocessable Entity", "owner unknown", DeclineReason.HookRefused)]
    [InlineData("500 Internal Server Error", "boom", DeclineReason.HookFailed)]
    [InlineData("302 Found", "", DeclineReason.HookFailed)]
    public async Task Price_OtherAnswer_IsDeclinedWithTheReason(string status, string body, DeclineReason reason)
    {
        using var server = new CannedServer(CannedServer.Status(status, body));

        Assert.Equal(reason, Assert.IsType<PriceResult.Unpriced>(await AskAsync(server.Url)).Reason);
    }

    [Fact]
    public async Task Price_HugeAnswer_IsNotReadToItsEnd()
    {
        using var server = new CannedServer(CannedServer.Ok(new string('1', 100_000)));

        Assert.Equal(DeclineReason.HookAnswerInvalid, Assert.IsType<PriceResult.Unpriced>(await AskAsync(server.Url)).Reason);
    }

    [Fact]
    public async Task Price_SilentService_IsDeclinedAtTheDeadline()
    {
        using var server = new CannedServer(null);
        var time = new ManualTimeProvider();
        using var pricing = Pricing(server.Url, time);
        var pending = pricing.PriceAsync(new(Build.OrderId(1), Build.Group(), Build.Clock), default).AsTask();
        await Eventually.BecomesTrueAsync("the question to arrive", () => server.Requests > 0);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(DeclineReason.HookTimeout, Assert.IsType<PriceResult.Unpriced>(await pending).Reason);
    }

    [Fact]
    public async Task Price_NobodyThere_IsDeclinedWithTheReason() =>
        Assert.Equal(DeclineReason.HookFailed, Assert.IsType<PriceResult.Unpriced>(await AskAsync(new($"http://127.0.0.1:{FreePort.Next()}/"))).Reason);

    private static async Task<PriceResult> AskAsync(Uri url)
    {
        using var pricing = Pricing(url, TimeProvider.System);
        return await pricing.PriceAsync(new(Build.OrderId(1), Build.Group(), Build.Clock), default);
    }

    private static ConfiguredPricing Pricing(Uri url, TimeProvider time) =>
        Support.Hooks.Pricing(new() { Policy = PricingPolicyKind.Http, Http = new() { Url = url }, Floor = new() { Mode = FloorMode.Off } }, time);
}
