using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>Which containers to list.</summary>
public sealed class ContainersListParameters
{
    /// <summary>True: stopped ones, too.</summary>
    public bool? All { get; set; }

    /// <summary>At most this many, the newest first.</summary>
    public long? Limit { get; set; }

    /// <summary>True: with sizes on disk; slow.</summary>
    public bool? Size { get; set; }

    /// <summary>Kind of filter to its values, as <c>label</c> → <c>lease=L1</c>, <c>status</c> → <c>running</c>. Labels must all match.</summary>
    public IDictionary<string, IDictionary<string, bool>>? Filters { get; set; }
}

/// <summary>One container in a list.</summary>
public sealed class ContainerListResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    /// <summary>With a leading slash.</summary>
    public IList<string> Names { get; set; } = [];

    /// <summary>The reference it was created from, or the image's id when that reference has moved on.</summary>
    public string Image { get; set; } = "";

    public string ImageID { get; set; } = "";

    public string Command { get; set; } = "";

    /// <summary>To the second.</summary>
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTime Created { get; set; }

    public IList<Port> Ports { get; set; } = [];

    /// <summary>Bytes; 0 unless asked for.</summary>
    public long SizeRw { get; set; }

    /// <summary>Bytes; 0 unless asked for.</summary>
    public long SizeRootFs { get; set; }

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>As <see cref="ContainerState.Status"/>.</summary>
    [JsonRequired]
    public string State { get; set; } = "";

    /// <summary>For people: <c>Up 3 minutes</c>.</summary>
    public string Status { get; set; } = "";

    public SummaryNetworkSettings NetworkSettings { get; set; } = new();

    public IList<MountPoint> Mounts { get; set; } = [];
}
