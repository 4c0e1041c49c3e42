using System.Net;

namespace ProviderAgent.Docker;

/// <summary>The engine began with "200 OK" and reported the failure inside the stream: a pull, push or import that broke on the way.</summary>
public sealed class DockerStreamException : DockerApiException
{
    /// <param name="responseBody">The engine's own words.</param>
    public DockerStreamException(string responseBody)
        : base(HttpStatusCode.OK, responseBody)
    {
    }

    internal DockerStreamException(string responseBody, string operation)
        : base(HttpStatusCode.OK, responseBody, operation)
    {
    }
}
