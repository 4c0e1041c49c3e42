using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ProviderAgent.Chain.Tests.Rpc;

/// <summary>Answers every request with the same result, under the id that was asked with.</summary>
internal sealed class CannedHandler(string result) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var id = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!["id"]!.ToJsonString();
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}", Encoding.UTF8, "application/json"),
        };
    }
}
