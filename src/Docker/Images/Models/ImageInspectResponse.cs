using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>Everything about one image on this host.</summary>
public sealed class ImageInspectResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    public IList<string> RepoTags { get; set; } = [];

    /// <summary>As <c>repository@sha256:…</c>, one for each registry it came from or went to.</summary>
    public IList<string> RepoDigests { get; set; } = [];

    public Config? Config { get; set; }

    /// <summary>As <c>amd64</c>.</summary>
    public string Architecture { get; set; } = "";

    public string Variant { get; set; } = "";

    public string Os { get; set; } = "";

    /// <summary>Bytes on disk with shared layers.</summary>
    public long Size { get; set; }

    public GraphDriverData? GraphDriver { get; set; }

    public RootFS RootFS { get; set; } = new();
}

/// <summary>Layers of an image, the lowest first.</summary>
public sealed class RootFS
{
    public string Type { get; set; } = "";

    /// <summary>Digests of the unpacked layers; equal digests are one copy on disk.</summary>
    public IList<string> Layers { get; set; } = [];
}

/// <summary>One image in a list.</summary>
public sealed class ImagesListResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    [JsonPropertyName("ParentId")]
    public string ParentID { get; set; } = "";

    public IList<string> RepoTags { get; set; } = [];

    public IList<string> RepoDigests { get; set; } = [];

    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTime Created { get; set; }

    /// <summary>Bytes on disk with shared layers.</summary>
    public long Size { get; set; }

    /// <summary>Bytes; -1 when not counted.</summary>
    public long SharedSize { get; set; }

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>Containers made from it; -1 when not counted.</summary>
    public long Containers { get; set; }
}
