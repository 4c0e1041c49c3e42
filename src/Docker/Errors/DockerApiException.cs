using System.Net;

namespace ProviderAgent.Docker;

/// <summary>The engine understood the call and refused it, or failed while carrying it out. The state of the engine is known from asking it again.</summary>
public class DockerApiException : EngineException
{
    /// <param name="statusCode">Status of the answer.</param>
    /// <param name="responseBody">The engine's own words.</param>
    public DockerApiException(HttpStatusCode statusCode, string responseBody)
        : this(statusCode, responseBody, "the call")
    {
    }

    internal DockerApiException(HttpStatusCode statusCode, string responseBody, string operation)
        : base($"The container engine refused {operation} (HTTP {(int)statusCode}): {(responseBody.Length == 0 ? "no reason given" : responseBody)}")
    {
        StatusCode = statusCode;
        ResponseBody = responseBody;
    }

    /// <summary>Conflict = name taken, still running or being removed; NotFound; Forbidden = network in use; InternalServerError = hooks, mounts,
    /// registries.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>The engine's message: from its JSON answer or its plain text, at most 4096 characters, control characters and known secrets taken
    /// out.</summary>
    public string ResponseBody { get; }

    /// <summary>True for the statuses of an overloaded engine or proxy only; a 500 is normally a configuration error that repeats.</summary>
    public override bool IsTransient => StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
