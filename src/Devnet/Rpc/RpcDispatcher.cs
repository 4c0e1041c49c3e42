using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>Turns calls into answers, whatever carries them.</summary>
/// <param name="methods">What can be called.</param>
/// <param name="maxAnswerBytes">A longer answer becomes an error.</param>
/// <param name="logger">For answers that should not fail and did.</param>
internal sealed partial class RpcDispatcher(RpcMethods methods, long maxAnswerBytes, ILogger logger)
{
    /// <summary>Most calls in one request.</summary>
    public const int MaxBatch = 100;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <exception cref="RpcException">Not JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw RpcException.Parse($"error unmarshaling request: {e.Message}");
        }
    }

    /// <summary>The id that the answer has to carry; null when there is none.</summary>
    /// <exception cref="RpcException">It is neither text nor a number.</exception>
    public static JsonNode? ReadId(JsonObject call) => call["id"] switch
    {
        null => null,
        var id when id.GetValueKind() == JsonValueKind.Number => id.DeepClone(),
        var id when id.GetValueKind() == JsonValueKind.String => JsonValue.Create(id.GetValue<string>()),
        _ => throw RpcException.InvalidRequest("id is text or a number"),
    };

    /// <summary>The method's name; empty when there is none.</summary>
    public static string ReadMethod(JsonObject call) =>
        call["method"] is { } method && method.GetValueKind() == JsonValueKind.String ? method.GetValue<string>() : "";

    /// <summary>JSON is read lazily: half a surrogate pair or a name that occurs twice only show when they are touched.</summary>
    public static bool IsMalformed(Exception e) => e is InvalidOperationException or ArgumentException;

    public static byte[] Write(JsonNode answer) => Encoding.UTF8.GetBytes(answer.ToJsonString(Relaxed));

    public static JsonObject Answer(JsonNode? id, JsonNode result) => new() { ["jsonrpc"] = "2.0", ["id"] = id?.DeepClone(), ["result"] = result };

    public static JsonObject Answer(JsonNode? id, RpcException error) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id?.DeepClone(),
        ["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message, ["data"] = error.Details },
    };

    /// <summary>Answers one call or a list of calls. Null when nothing is to be answered: a call without an id asks for no answer.</summary>
    public async Task<byte[]?> AnswerAsync(JsonNode? request, CancellationToken ct)
    {
        if (request is not JsonArray batch) return await AnswerOneAsync(request, ct) is { } answer ? Bounded(answer) : null;
        if (batch.Count is 0 or > MaxBatch) return Write(Answer(null, RpcException.InvalidRequest($"a batch holds 1 to {MaxBatch} requests")));
        var answers = new JsonArray();
        foreach (var call in batch)
        {
            if (await AnswerOneAsync(call, ct) is { } answer) answers.Add((JsonNode)answer);
        }

        return answers.Count == 0 ? null : Bounded(answers);
    }

    /// <summary>Answers a call whose arguments are in the address.</summary>
    public async Task<(byte[] Answer, bool IsError)> AnswerAsync(string method, IEnumerable<KeyValuePair<string, string>> query, CancellationToken ct)
    {
        var id = JsonValue.Create(-1);
        try
        {
            var result = await RunAsync(methods.Find(method), RpcParameters.FromQuery(query), ct);
            return (Bounded(Answer(id, result)), false);
        }
        catch (RpcException e)
        {
            return (Write(Answer(id, e)), true);
        }
    }

    private async Task<JsonObject?> AnswerOneAsync(JsonNode? node, CancellationToken ct)
    {
        JsonNode? id = null;
        try
        {
            if (node is not JsonObject call) throw RpcException.InvalidRequest("a request is an object");
            if (call["id"] is null) return null;
            id = ReadId(call);
            var method = methods.Find(ReadMethod(call));
            return Answer(id, await RunAsync(method, RpcParameters.FromJson(call["params"], method.Parameters), ct));
        }
        catch (RpcException e)
        {
            return Answer(id, e);
        }
        catch (Exception e) when (IsMalformed(e))
        {
            return Answer(id, RpcException.InvalidRequest(e.Message));
        }
    }

    private async Task<JsonNode> RunAsync(RpcMethod method, RpcParameters arguments, CancellationToken ct)
    {
        try
        {
            return await method.Run(arguments, ct);
        }
        catch (Exception e) when (e is not (RpcException or ReplyDroppedException or OperationCanceledException))
        {
            // One call must not take the node down; what went wrong is a defect here, so it is told loudly.
            Log.CallFailed(logger, e);
            throw RpcException.Internal("panic in RPC handler");
        }
    }

    private byte[] Bounded(JsonNode answer)
    {
        var bytes = Write(answer);
        if (bytes.Length <= maxAnswerBytes) return bytes;
        var id = answer is JsonObject one ? one["id"] : null;
        var error = RpcException.Internal($"answer of {bytes.Length} bytes is longer than the {maxAnswerBytes} that this node sends; ask for less");
        return Write(Answer(id, error));
    }

    private static partial class Log
    {
        [LoggerMessage(9510, LogLevel.Error, "An RPC call failed inside the local chain; the caller got an internal error", EventName = "CallFailed")]
        public static partial void CallFailed(ILogger logger, Exception error);
    }
}
