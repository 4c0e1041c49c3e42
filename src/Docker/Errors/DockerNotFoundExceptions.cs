using System.Net;

namespace ProviderAgent.Docker;

/// <summary>The container named in the call does not exist (any more).</summary>
public sealed class DockerContainerNotFoundException : DockerApiException
{
    /// <inheritdoc cref="DockerApiException(HttpStatusCode, string)"/>
    public DockerContainerNotFoundException(HttpStatusCode statusCode, string responseBody)
        : base(statusCode, responseBody)
    {
    }

    internal DockerContainerNotFoundException(string responseBody, string operation)
        : base(HttpStatusCode.NotFound, responseBody, operation)
    {
    }
}

/// <summary>The image named in the call is not on this host, or not in its registry.</summary>
public sealed class DockerImageNotFoundException : DockerApiException
{
    /// <inheritdoc cref="DockerApiException(HttpStatusCode, string)"/>
    public DockerImageNotFoundException(HttpStatusCode statusCode, string responseBody)
        : base(statusCode, responseBody)
    {
    }

    internal DockerImageNotFoundException(string responseBody, string operation)
        : base(HttpStatusCode.NotFound, responseBody, operation)
    {
    }
}

/// <summary>The network named in the call, or in the container's configuration, does not exist.</summary>
public sealed class DockerNetworkNotFoundException : DockerApiException
{
    /// <inheritdoc cref="DockerApiException(HttpStatusCode, string)"/>
    public DockerNetworkNotFoundException(HttpStatusCode statusCode, string responseBody)
        : base(statusCode, responseBody)
    {
    }

    internal DockerNetworkNotFoundException(string responseBody, string operation)
        : base(HttpStatusCode.NotFound, responseBody, operation)
    {
    }
}

/// <summary>The volume named in the call does not exist.</summary>
public sealed class DockerVolumeNotFoundException : DockerApiException
{
    /// <inheritdoc cref="DockerApiException(HttpStatusCode, string)"/>
    public DockerVolumeNotFoundException(HttpStatusCode statusCode, string responseBody)
        : base(statusCode, responseBody)
    {
    }

    internal DockerVolumeNotFoundException(string responseBody, string operation)
        : base(HttpStatusCode.NotFound, responseBody, operation)
    {
    }
}
