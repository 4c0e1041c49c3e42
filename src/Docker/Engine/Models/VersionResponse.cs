using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>Versions of the engine and its parts.</summary>
public sealed class VersionResponse
{
    public string Version { get; set; } = "";

    [JsonRequired]
    [JsonPropertyName("ApiVersion")]
    public string APIVersion { get; set; } = "";

    public string MinAPIVersion { get; set; } = "";

    public string GitCommit { get; set; } = "";

    public string GoVersion { get; set; } = "";

    public string Os { get; set; } = "";

    public string Arch { get; set; } = "";

    public string KernelVersion { get; set; } = "";

    public string BuildTime { get; set; } = "";

    public IList<ComponentVersion> Components { get; set; } = [];
}

public sealed class ComponentVersion
{
    /// <summary><c>Engine</c>, <c>containerd</c>, <c>runc</c>, <c>docker-init</c>.</summary>
    public string Name { get; set; } = "";

    public string Version { get; set; } = "";
}
