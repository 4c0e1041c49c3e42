namespace ProviderAgent.Docker.Models;

/// <summary>A pull (<see cref="FromImage"/>) or an import of a tar (<see cref="FromSrc"/> is set by the call).</summary>
public sealed class ImagesCreateParameters
{
    /// <summary>Reference with or without tag or digest. With neither here nor in <see cref="Tag"/>, <c>latest</c> is meant.</summary>
    public string? FromImage { get; set; }

    /// <summary><c>-</c> for a tar in the body, or a URL that the engine fetches.</summary>
    public string? FromSrc { get; set; }

    /// <summary>Repository for an import.</summary>
    public string? Repo { get; set; }

    /// <summary>Tag or digest.</summary>
    public string? Tag { get; set; }

    /// <summary>Comment for an import.</summary>
    public string? Message { get; set; }

    /// <summary>For an import: lines as <c>CMD ["/bin/sh"]</c>.</summary>
    public IList<string>? Changes { get; set; }

    /// <summary>As <c>linux/amd64</c>. Not enforced by the engine: compare <see cref="ImageInspectResponse.Architecture"/> afterwards.</summary>
    public string? Platform { get; set; }
}

public sealed class ImagesListParameters
{
    public bool? All { get; set; }

    public bool? Digests { get; set; }

    /// <summary>As <c>reference</c>, <c>dangling</c>, <c>label</c>.</summary>
    public IDictionary<string, IDictionary<string, bool>>? Filters { get; set; }
}

public sealed class ImageTagParameters
{
    public string RepositoryName { get; set; } = "";

    public string? Tag { get; set; }
}

public sealed class ImagePushParameters
{
    public string? Tag { get; set; }
}

public sealed class ImageDeleteParameters
{
    /// <summary>True: also when stopped containers use it or several names point to it.</summary>
    public bool? Force { get; set; }

    /// <summary>True: unnamed parents stay.</summary>
    public bool? NoPrune { get; set; }
}
