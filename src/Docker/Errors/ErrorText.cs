using System.Buffers;
using System.Text;
using System.Text.Json;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>Reads what the engine says about a failure: JSON <c>{"message":…}</c>, or plain text from its version check and from proxies.</summary>
internal static class ErrorText
{
    /// <summary>Hooks and seccomp profiles make long messages; a proxy's error page is longer still and worth nothing.</summary>
    private const int MaxBytes = 64 * 1024;

    private const int MaxCharacters = 4096;

    /// <summary>The message, fit for a log line: bounded, on one line and without <paramref name="secrets"/>.</summary>
    public static async Task<string> ReadAsync(Stream body, AuthConfig? secrets, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            var length = await body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxBytes), MaxBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Clean(MessageOf(buffer.AsMemory(0, length)), secrets);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes secrets and control characters out and cuts to a bounded length. A hostile registry may echo what it was sent.</summary>
    public static string Clean(string text, AuthConfig? secrets)
    {
        text = secrets is null ? text : Redact(text, secrets);
        text = text.Trim();
        if (text.Length > MaxCharacters) text = string.Concat(text.AsSpan(0, MaxCharacters), "…");
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }

    private static string MessageOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String) return message.GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Plain text, as the version check of the engine answers; or a string that is no valid Unicode.
        }

        return Encoding.UTF8.GetString(body.Span);
    }

    private static string Redact(string text, AuthConfig secrets)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{secrets.Username}:{secrets.Password}"));
        string?[] hidden = [secrets.Password, secrets.IdentityToken, secrets.RegistryToken, secrets.Password is null ? null : basic];
        foreach (var secret in hidden.OfType<string>().Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }
}
