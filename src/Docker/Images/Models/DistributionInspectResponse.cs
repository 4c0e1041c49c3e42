using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>What the registry has under a reference, without pulling it.</summary>
public sealed class DistributionInspectResponse
{
    [JsonRequired]
    public Descriptor Descriptor { get; set; } = new();

    public IList<ImagePlatform> Platforms { get; set; } = [];
}

/// <summary>A document in a registry.</summary>
public sealed class Descriptor
{
    [JsonPropertyName("mediaType")]
    public string MediaType { get; set; } = "";

    /// <summary>As <c>sha256:…</c>: what to pin a create to.</summary>
    [JsonRequired]
    [JsonPropertyName("digest")]
    public string Digest { get; set; } = "";

    /// <summary>Bytes of the manifest, not of the image.</summary>
    [JsonPropertyName("size")]
    public long Size { get; set; }
}

/// <summary>What an image runs on.</summary>
public sealed class ImagePlatform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; set; } = "";

    [JsonPropertyName("os")]
    public string Os { get; set; } = "";

    [JsonPropertyName("variant")]
    public string Variant { get; set; } = "";
}
