using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker;

/// <summary>One call, before it is sent.</summary>
/// <param name="Operation">Name in metrics, logs and messages, for example <c>container_start</c>.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Escaped path without the version prefix.</param>
/// <param name="Deadline">For the whole call, or for the head of the answer where the answer is a stream.</param>
internal sealed record EngineRequest(string Operation, HttpMethod Method, string Path, TimeSpan Deadline)
{
    public Query? Query { get; init; }

    public HttpContent? Content { get; init; }

    /// <summary>Sent as X-Registry-Auth, and taken out of every message that comes back.</summary>
    public AuthConfig? RegistryAuth { get; init; }

    /// <summary>What a 404 means for this call.</summary>
    public NotFoundSubject NotFound { get; init; }

    /// <summary>A 404 is an answer (the thing to remove is gone) and no failure.</summary>
    public bool GoneIsDone { get; init; }

    /// <summary>False only for the version handshake itself.</summary>
    public bool Versioned { get; init; } = true;
}
