using System.Buffers.Text;
using System.Text.Json;

namespace ProviderAgent.Gateway;

/// <summary>A token taken apart, before anything of it is believed.</summary>
/// <param name="Algorithm">As its header says.</param>
/// <param name="SigningInput">Header and payload as received, with the dot; never re-made, because only these bytes are signed.</param>
/// <param name="Payload">JSON.</param>
/// <param name="Signature">64 bytes.</param>
internal sealed record JwtToken(string Algorithm, string SigningInput, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Longest token in characters; the longest that tools make has some hundred.</summary>
    public const int MaxLength = 8192;

    private const int SignatureLength = 64;

    /// <summary>Null when the text is not three parts of base64url without padding, of which the first is JSON and the last 64 bytes.</summary>
    public static JwtToken? TryParse(string text)
    {
        if (text.Length > MaxLength) return null;
        var parts = text.Split('.');
        if (parts.Length != 3 || TryDecode(parts[0]) is not { } header || TryDecode(parts[1]) is not { } payload || TryDecode(parts[2]) is not { } signature) return null;
        return signature.Length == SignatureLength && ReadAlgorithm(header) is { } algorithm
            ? new(algorithm, text[..(parts[0].Length + 1 + parts[1].Length)], payload, signature)
            : null;
    }

    private static byte[]? TryDecode(string part)
    {
        foreach (var c in part)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return null; // the decoder would also take padding and blanks
        }

        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? ReadAlgorithm(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("alg", out var algorithm)
                && algorithm.ValueKind == JsonValueKind.String
                ? algorithm.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: text that is not UTF-8
        {
            return null;
        }
    }
}
