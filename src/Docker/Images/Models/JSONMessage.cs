using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>One line of a pull, push or import.</summary>
public sealed class JSONMessage
{
    [JsonPropertyName("stream")]
    public string? Stream { get; set; }

    /// <summary><c>Pulling fs layer</c>, <c>Downloading</c>, <c>Extracting</c>, <c>Pull complete</c>, <c>Digest: sha256:…</c> …</summary>
    [JsonPropertyName("status")]
    public string? Status { get; set; }

    [JsonPropertyName("progressDetail")]
    public JSONProgress? Progress { get; set; }

    /// <summary>For people.</summary>
    [JsonPropertyName("progress")]
    public string? ProgressMessage { get; set; }

    /// <summary>First twelve digits of the layer, or the tag.</summary>
    [JsonPropertyName("id")]
    public string? ID { get; set; }

    [JsonPropertyName("errorDetail")]
    public JSONError? Error { get; set; }

    [JsonPropertyName("error")]
    public string? ErrorMessage { get; set; }
}

public sealed class JSONProgress
{
    /// <summary>Bytes so far.</summary>
    [JsonPropertyName("current")]
    public long Current { get; set; }

    /// <summary>Bytes in total; 0 when not known.</summary>
    [JsonPropertyName("total")]
    public long Total { get; set; }
}

public sealed class JSONError
{
    [JsonPropertyName("code")]
    public long Code { get; set; }

    [JsonPropertyName("message")]
    public string? Message { get; set; }
}
