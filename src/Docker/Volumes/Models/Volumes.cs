using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>A volume to make.</summary>
public sealed class VolumesCreateParameters
{
    /// <summary>Empty lets the engine make one up.</summary>
    public string Name { get; set; } = "";

    /// <summary><c>local</c> when null.</summary>
    public string? Driver { get; set; }

    /// <summary>For <c>local</c>: <c>type</c>, <c>device</c>, <c>o</c> as for mount(2).</summary>
    public IDictionary<string, string>? DriverOpts { get; set; }

    public IDictionary<string, string>? Labels { get; set; }
}

/// <summary>One volume.</summary>
public sealed class VolumeResponse
{
    [JsonRequired]
    public string Name { get; set; } = "";

    public string Driver { get; set; } = "";

    /// <summary>Path on the host.</summary>
    public string Mountpoint { get; set; } = "";

    /// <summary>To the second.</summary>
    public string CreatedAt { get; set; } = "";

    public string Scope { get; set; } = "";

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>The options it was made with.</summary>
    public IDictionary<string, string> Options { get; set; } = new Dictionary<string, string>();
}

public sealed class VolumesListParameters
{
    /// <summary>As <c>label</c>, <c>name</c>, <c>dangling</c>.</summary>
    public IDictionary<string, IDictionary<string, bool>>? Filters { get; set; }
}

public sealed class VolumesListResponse
{
    [JsonRequired]
    public IList<VolumeResponse> Volumes { get; set; } = [];

    /// <summary>Not empty: a driver did not answer, so the list may lack its volumes.</summary>
    public IList<string> Warnings { get; set; } = [];
}
