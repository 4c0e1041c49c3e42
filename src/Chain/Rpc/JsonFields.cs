using System.Globalization;
using System.Text.Json;
using ProviderAgent.Chain.Numbers;

namespace ProviderAgent.Chain.Rpc;

/// <summary>Strict reading of a node's JSON: the field must be there, of the right kind and in range.</summary>
internal static class JsonFields
{
    // RFC 3339 with nanoseconds has 35 characters.
    private const int MaxTimeLength = 40;

    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : throw Malformed(name, "is missing");

    public static bool TryMember(this JsonElement element, string name, out JsonElement member)
    {
        member = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;
    }

    public static string Text(this JsonElement element, string name)
    {
        var member = element.Member(name);
        return member.ValueKind == JsonValueKind.String ? member.GetString() ?? "" : throw Malformed(name, "is no text");
    }

    /// <summary>Text that may be absent or null.</summary>
    public static string TextOrEmpty(this JsonElement element, string name) =>
        element.TryMember(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() ?? "" : "";

    /// <summary>A 64-bit number, which nodes write as text; from 0 up.</summary>
    public static long Long(this JsonElement element, string name) =>
        long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Malformed(name, "is no number from 0 up");

    /// <summary>As <see cref="Long"/>; 0 when absent.</summary>
    public static long LongOrZero(this JsonElement element, string name) => element.TryMember(name, out _) ? element.Long(name) : 0;

    /// <summary>A 32-bit number, which nodes write as a number; 0 when absent.</summary>
    public static uint UIntOrZero(this JsonElement element, string name)
    {
        if (!element.TryMember(name, out var member)) return 0;
        return member.ValueKind == JsonValueKind.Number && member.TryGetUInt32(out var value) ? value : throw Malformed(name, "is no number from 0 up");
    }

    public static bool Flag(this JsonElement element, string name) => element.Member(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Malformed(name, "is neither true nor false"),
    };

    public static DateTimeOffset Time(this JsonElement element, string name)
    {
        var text = element.Text(name);
        return text.Length <= MaxTimeLength
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : throw Malformed(name, "is no time");
    }

    /// <summary>Base64 text; null and absent are empty.</summary>
    public static byte[] BytesOrEmpty(this JsonElement element, string name)
    {
        if (!element.TryMember(name, out var member)) return [];
        return member.ValueKind == JsonValueKind.String && member.TryGetBytesFromBase64(out var bytes) ? bytes : throw Malformed(name, "is no base64");
    }

    /// <summary>Elements of a list; null and absent are empty.</summary>
    public static IEnumerable<JsonElement> ListOrEmpty(this JsonElement element, string name)
    {
        if (!element.TryMember(name, out var member)) return [];
        return member.ValueKind == JsonValueKind.Array ? member.EnumerateArray() : throw Malformed(name, "is no list");
    }

    public static MalformedWireException Malformed(string name, string what) => new($"'{name}' {what}");
}
