using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace ProviderAgent.Gateway;

/// <summary>Answers in the forms that tenants' tools know from the market's reference provider.</summary>
internal static class Answers
{
    /// <summary>Plain text with a line end, as all errors but those of authentication are.</summary>
    public static Task TextAsync(HttpResponse response, int status, string message, CancellationToken ct)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(response, Encoding.UTF8.GetBytes(message + "\n"), ct);
    }

    /// <summary>No body at all.</summary>
    public static Task EmptyAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>An authentication error: <c>{"message":"…"}</c>.</summary>
    public static Task MessageAsync(HttpResponse response, int status, string message, CancellationToken ct)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        return WriteAsync(response, JsonSerializer.SerializeToUtf8Bytes(new MessageAnswer(message), GatewayJson.Default.MessageAnswer), ct);
    }

    public static Task JsonAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type, CancellationToken ct) =>
        JsonAsync(response, JsonSerializer.SerializeToUtf8Bytes(value, type), ct);

    public static Task JsonAsync(HttpResponse response, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json; charset=UTF-8";
        return WriteAsync(response, json, ct);
    }

    private static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, ct);
    }
}
