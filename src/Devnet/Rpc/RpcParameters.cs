using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>Arguments of a call: named or by position in a POST, text in a GET.</summary>
internal sealed class RpcParameters
{
    private readonly Dictionary<string, JsonNode?> _named = new(StringComparer.Ordinal);
    private readonly bool _isUri;

    private RpcParameters(bool isUri) => _isUri = isUri;

    /// <exception cref="RpcException">The arguments are neither an object nor a list that fits.</exception>
    public static RpcParameters FromJson(JsonNode? node, IReadOnlyList<string> names)
    {
        var parameters = new RpcParameters(isUri: false);
        switch (node)
        {
            case null:
                break;
            case JsonObject named:
                foreach (var (name, value) in named) parameters._named[name] = value;
                break;
            case JsonArray list when list.Count == 0 || list.Count == names.Count:
                for (var i = 0; i < list.Count; i++) parameters._named[names[i]] = list[i];
                break;
            case JsonArray list:
                throw RpcException.InvalidParams(string.Create(
                    CultureInfo.InvariantCulture,
                    $"error converting json params to arguments: expected {names.Count} parameters ({string.Join(' ', names)}), got {list.Count}"));
            default:
                throw RpcException.InvalidParams("error converting json params to arguments: params must be an object or a list");
        }

        return parameters;
    }

    public static RpcParameters FromQuery(IEnumerable<KeyValuePair<string, string>> query)
    {
        var parameters = new RpcParameters(isUri: true);
        foreach (var (name, value) in query) parameters._named[name] = JsonValue.Create(value);
        return parameters;
    }

    /// <summary>A 64-bit number, written as text or as a number; null when it is missing.</summary>
    public long? Number(string name)
    {
        if (Find(name) is not { } node) return null;
        return long.TryParse(Unquoted(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong(name, "a number");
    }

    public bool Flag(string name)
    {
        if (Find(name) is not { } node) return false;
        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ when bool.TryParse(Unquoted(node), out var flag) => flag,
            _ => throw Wrong(name, "true or false"),
        };
    }

    public string Text(string name) => Find(name) is { } node ? Unquoted(node) : "";

    /// <summary>Base64 in a POST; in a GET <c>0x…</c> hex or quoted text.</summary>
    public byte[] Bytes(string name) => Read(name, isHexInJson: false);

    /// <summary>Hex in a POST; in a GET <c>0x…</c> hex or quoted text.</summary>
    public byte[] Hex(string name) => Read(name, isHexInJson: true);

    private byte[] Read(string name, bool isHexInJson)
    {
        if (Find(name) is not { } node) return [];
        var text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Wrong(name, "text");
        try
        {
            if (!_isUri) return isHexInJson ? Convert.FromHexString(text) : Convert.FromBase64String(text);
            if (text.StartsWith("0x", StringComparison.Ordinal)) return Convert.FromHexString(text.AsSpan(2));
            return System.Text.Encoding.UTF8.GetBytes(Unquoted(node));
        }
        catch (FormatException)
        {
            throw Wrong(name, isHexInJson ? "hex" : "base64");
        }
    }

    private JsonNode? Find(string name) => _named.GetValueOrDefault(name);

    private static string Unquoted(JsonNode node)
    {
        if (node.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number)) return node.ToJsonString();
        var text = node.ToString();
        return text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
    }

    private static RpcException Wrong(string name, string wanted) =>
        RpcException.InvalidParams($"error converting json params to arguments: {name} is not {wanted}");
}
