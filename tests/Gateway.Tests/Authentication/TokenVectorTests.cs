using System.Text.Json.Nodes;
using ProviderAgent.Gateway.Tests.Fakes;

namespace ProviderAgent.Gateway.Tests.Authentication;

public sealed class TokenVectorTests
{
    [Fact]
    public async Task Authenticate_EveryGoldenToken_HasTheKnownVerdict()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        Assert.Equal(75, Tokens.All.Count);
        foreach (var token in Tokens.All)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/address");
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token["token"]!.GetValue<string>()}"));

            using var response = await gateway.Client.SendAsync(request);

            Assert.Equal((token["name"]!.GetValue<string>(), Expected(token["expect"]!)), (token["name"]!.GetValue<string>(), $"{(int)response.StatusCode} {await Message(response)}"));
        }
    }

    private static string Expected(JsonNode expect) => expect["authenticated"]!.GetValue<bool>()
        ? "200 "
        : $"{expect["http_status"]!.GetValue<int>()} {expect["message"]!.GetValue<string>()}";

    private static async Task<string> Message(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["message"]?.GetValue<string>() ?? "";
}
