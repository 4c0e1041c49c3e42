using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Transactions;

namespace ProviderAgent.Chain.Rpc;

/// <summary>How one node is talked to.</summary>
/// <param name="Deadline">Longest wait for an answer, from request to last byte.</param>
/// <param name="MaxResponseBytes">Larger answers are cut off and count as a fault.</param>
internal sealed record RpcLimits(TimeSpan Deadline, long MaxResponseBytes);

/// <summary>The JSON-RPC interface of one node. Every call has a deadline and a size limit; whatever goes wrong is an <see cref="EndpointException"/>.</summary>
/// <remarks>Safe to use concurrently. Knows no retries and no other nodes: that is the pool's business.</remarks>
internal sealed class RpcClient(HttpClient http, Uri address, RpcLimits limits, TimeProvider time) : INodeTransport
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };
    private int _lastId;

    /// <summary>Where the node listens.</summary>
    public Uri Address { get; } = address;

    public Task<NodeStatus> StatusAsync(CancellationToken ct) => CallAsync("status", null, NodeJson.Status, ct);

    /// <summary>Head of a block. Heights that are not there fail with <see cref="EndpointFault.Refused"/>.</summary>
    public Task<BlockHeader> HeaderAsync(long height, CancellationToken ct) =>
        CallAsync("header", Height(height), result => Same(height, NodeJson.Header(result.Member("header")), header => header.Height), ct);

    /// <inheritdoc cref="HeaderAsync"/>
    public Task<BlockContent> BlockAsync(long height, CancellationToken ct) =>
        CallAsync("block", Height(height), result => Same(height, NodeJson.Block(result), block => block.Header.Height), ct);

    /// <inheritdoc cref="HeaderAsync"/>
    public Task<BlockResults> BlockResultsAsync(long height, CancellationToken ct) =>
        CallAsync("block_results", Height(height), result => Same(height, NodeJson.BlockResults(result), results => results.Height), ct);

    /// <summary>A transaction by its hash; null when the node has not indexed it (yet).</summary>
    /// <remarks>A node without an index refuses. Null is no proof of absence: the index follows the blocks at a distance.</remarks>
    public async Task<IncludedTransaction?> FindTransactionAsync(TransactionHash hash, CancellationToken ct)
    {
        try
        {
            var found = await CallAsync(
                "tx", writer =>
                {
                    writer.WriteString("hash", Convert.ToBase64String(hash.ToBytes()));
                    writer.WriteBoolean("prove", false);
                },
                NodeJson.Transaction,
                ct);
            return found.Hash == hash ? found : throw new EndpointException(EndpointFault.Malformed, $"{Address} answered with another transaction");
        }
        catch (EndpointException e) when (e.Fault == EndpointFault.Refused && e.RpcData.Contains("not found", StringComparison.Ordinal))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<AbciAnswer> AbciQueryAsync(string path, ReadOnlyMemory<byte> data, CancellationToken ct) => CallAsync(
        "abci_query", writer =>
        {
            writer.WriteString("path", path);
            writer.WriteString("data", Convert.ToHexStringLower(data.Span));
            writer.WriteString("height", "0");
            writer.WriteBoolean("prove", false);
        },
        NodeJson.Abci,
        ct);

    /// <inheritdoc/>
    public Task<BroadcastAnswer> BroadcastAsync(ReadOnlyMemory<byte> transaction, CancellationToken ct) => CallAsync(
        "broadcast_tx_sync", writer => writer.WriteBase64String("tx", transaction.Span), NodeJson.Broadcast, ct);

    public Task<NodeDiscovery> DiscoverAsync(CancellationToken ct) => CallAsync("akash", null, NodeJson.Discovery, ct);

    private async Task<T> CallAsync<T>(string method, Action<Utf8JsonWriter>? parameters, Func<JsonElement, T> read, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        using var deadline = new Deadline(limits.Deadline, time, ct);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = Request(id, method, parameters) };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);

            // Nodes answer 200, and 500 for some errors that have a proper body all the same.
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.InternalServerError))
            {
                throw new EndpointException(EndpointFault.Malformed, $"{Address} answered {method} with HTTP status {(int)response.StatusCode}");
            }

            using var document = JsonDocument.Parse(await ReadAsync(response.Content, method, deadline.Token), Strict);
            return read(Result(document.RootElement, id, method));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new EndpointException(EndpointFault.Deadline, $"{Address} did not answer {method} within {limits.Deadline.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EndpointException(EndpointFault.Unreachable, $"{Address} cannot be reached: {WireText.Shorten(e.Message)}", e);
        }
        catch (Exception e) when (e is JsonException or MalformedWireException or InvalidOperationException)
        {
            throw new EndpointException(EndpointFault.Malformed, $"{Address} answered {method} with something unreadable: {WireText.Shorten(e.Message)}", e);
        }
    }

    private static ByteArrayContent Request(int id, string method, Action<Utf8JsonWriter>? parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            writer.WriteNumber("id", id);
            writer.WriteString("method", method);
            writer.WriteStartObject("params");
            parameters?.Invoke(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new ByteArrayContent(buffer.WrittenSpan.ToArray()) { Headers = { ContentType = Json } };
    }

    private JsonElement Result(JsonElement answer, int id, string method)
    {
        if (answer.TryMember("error", out var error))
        {
            var data = error.TextOrEmpty("data");
            var code = error.TryMember("code", out var number) && number.TryGetInt32(out var value) ? value : 0;
            throw new EndpointException(EndpointFault.Refused, $"{Address} refused {method}: {WireText.Shorten(data.Length > 0 ? data : error.TextOrEmpty("message"))}")
            {
                RpcCode = code,
                RpcData = data,
            };
        }

        return answer.Member("id") is { ValueKind: JsonValueKind.Number } answered && answered.TryGetInt32(out var got) && got == id
            ? answer.Member("result")
            : throw new MalformedWireException("the answer belongs to another request");
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, string method, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>();
        if (content.Headers.ContentLength > limits.MaxResponseBytes) throw TooLarge(method);
        await using var stream = await content.ReadAsStreamAsync(ct);
        while (true)
        {
            var read = await stream.ReadAsync(buffer.GetMemory(16 * 1024), ct);
            if (read == 0) return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > limits.MaxResponseBytes) throw TooLarge(method);
        }
    }

    private EndpointException TooLarge(string method) =>
        new(EndpointFault.TooLarge, $"{Address} answered {method} with more than {limits.MaxResponseBytes} bytes");

    private static T Same<T>(long asked, T answer, Func<T, long> height) =>
        height(answer) == asked ? answer : throw new MalformedWireException($"it is about block {height(answer)} instead of {asked}");

    private static Action<Utf8JsonWriter> Height(long height) =>
        writer => writer.WriteString("height", height.ToString(CultureInfo.InvariantCulture));
}
