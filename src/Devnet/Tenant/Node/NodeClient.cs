using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace ProviderAgent.Devnet.Tenant.Node;

/// <summary>Calls one node's RPC. Independent of the provider's client on purpose: each checks what the other takes for granted.</summary>
internal sealed class NodeClient : IDisposable
{
    private const long MaxAnswerBytes = 32 << 20;

    // Code of a query for something that does not exist.
    private const int NotFoundCode = 22;

    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private int _lastId;

    public NodeClient(Uri rpc, TimeSpan timeout, TimeProvider time)
    {
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = rpc,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _timeout = timeout;
        _time = time;
    }

    /// <exception cref="TenantException">The node does not answer, or answers nonsense.</exception>
    /// <exception cref="NodeErrorException">The node answers with an error.</exception>
    public async Task<JsonNode> CallAsync(string method, JsonObject parameters, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = Interlocked.Increment(ref _lastId), ["method"] = method, ["params"] = parameters };
        try
        {
            using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _http.PostAsync((Uri?)null, content, either.Token);
            var answer = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(either.Token));
            if (answer?["error"] is { } error) throw new NodeErrorException(error["data"]?.ToString() ?? error["message"]?.ToString() ?? "unknown error");
            return answer?["result"] ?? throw Unavailable($"answered {method} with neither result nor error", null);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Unavailable($"did not answer {method} within {_timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unavailable($"cannot be reached: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw Unavailable($"answered {method} with something that is not JSON-RPC", e);
        }
    }

    /// <returns>Null when the chain has no such thing.</returns>
    /// <exception cref="TenantException">The node does not answer, or the query is refused.</exception>
    public async Task<T?> FindAsync<T>(string path, IMessage request, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        try
        {
            var result = await CallAsync(
                "abci_query", new() { ["path"] = path, ["data"] = Convert.ToHexString(request.ToByteArray()), ["height"] = "0", ["prove"] = false }, ct);
            var response = result["response"] ?? throw Unavailable("answered a query without a response", null);
            var code = response["code"]?.GetValue<int>() ?? 0;
            if (code == NotFoundCode) return null;
            if (code != 0) throw new NodeErrorException(response["log"]?.ToString() ?? "unknown error");
            return parser.ParseFrom(Convert.FromBase64String(response["value"]?.ToString() ?? ""));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException or InvalidOperationException)
        {
            throw Unavailable($"answered the query {path} with something else", e);
        }
    }

    /// <exception cref="TenantException">There is no such thing, the node does not answer, or the query is refused.</exception>
    public async Task<T> GetAsync<T>(string path, IMessage request, MessageParser<T> parser, string what, CancellationToken ct)
        where T : class, IMessage<T> =>
        await FindAsync(path, request, parser, ct) ?? throw new TenantException(TenantFailure.NotFound, $"{what} is not on the chain");

    public void Dispose() => _http.Dispose();

    private TenantException Unavailable(string what, Exception? inner) =>
        new(TenantFailure.NodeUnavailable, $"the node at {_http.BaseAddress} {what}", inner);
}
