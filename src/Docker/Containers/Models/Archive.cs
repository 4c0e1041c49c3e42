using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

public sealed class GetArchiveFromContainerParameters
{
    /// <summary>File or directory in the container.</summary>
    public string Path { get; set; } = "";
}

/// <summary>A tar written by a tenant's container: never unpack it on the host.</summary>
public sealed class GetArchiveFromContainerResponse : IAsyncDisposable
{
    public ContainerPathStatResponse Stat { get; init; } = new();

    /// <summary>Empty when only the stat was asked for. Read asynchronously.</summary>
    public Stream Stream { get; init; } = System.IO.Stream.Null;

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>What lies at a path in a container.</summary>
public sealed class ContainerPathStatResponse
{
    [JsonRequired]
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";

    /// <summary>Bytes.</summary>
    [JsonPropertyName("size")]
    public long Size { get; set; }

    /// <summary>Type and permission bits in the engine's own order (bit 31 = directory, bit 27 = symbolic link).</summary>
    [JsonPropertyName("mode")]
    public uint Mode { get; set; }

    [JsonPropertyName("mtime")]
    public DateTime Mtime { get; set; }

    /// <summary>Empty for everything but symbolic links.</summary>
    [JsonPropertyName("linkTarget")]
    public string LinkTarget { get; set; } = "";
}

public sealed class ContainerPathStatParameters
{
    /// <summary>Directory in the container that the tar is unpacked in; it must exist.</summary>
    public string Path { get; set; } = "";

    /// <summary>False: refuse when a directory would be replaced by a file or a file by a directory.</summary>
    public bool? AllowOverwriteDirWithFile { get; set; }

    /// <summary>True: owners as in the tar's numbers mapped to the container's.</summary>
    public bool? CopyUidAndGid { get; set; }
}
