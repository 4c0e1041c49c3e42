using System.Net;

namespace ProviderAgent.Docker;

/// <summary>Why an image could not be had from, or brought to, its registry.</summary>
public enum RegistryFailure
{
    /// <summary>None of the others; the message is all there is.</summary>
    Unknown,

    /// <summary>The registry has no such tag or digest.</summary>
    NotFound,

    /// <summary>Credentials are missing, wrong or not sufficient. Registries also say this for repositories that do not exist.</summary>
    AccessDenied,

    /// <summary>The name of the image is malformed.</summary>
    BadReference,

    /// <summary>The registry limits how often it may be asked.</summary>
    RateLimited,

    /// <summary>No connection to the registry, or not one that can be trusted.</summary>
    Unreachable,

    /// <summary>The registry answers that it has failed itself.</summary>
    Broken,

    /// <summary>The registry handed out something else than the manifest promised.</summary>
    Corrupt,

    /// <summary>This host's disk is full: the host's fault, not the tenant's.</summary>
    NoSpace,
}

/// <summary>Reads the cause out of a failed pull, push or distribution query.</summary>
/// <remarks>
/// The engine answers 500 to nearly everything that a registry does (wrong credentials, unknown host, reset), so its words are the only
/// evidence. This is the one place that looks at them; an unknown wording gives <see cref="RegistryFailure.Unknown"/>, never a guess.
/// </remarks>
public static class RegistryFailures
{
    private static readonly (RegistryFailure Failure, string[] Words)[] Evidence =
    [
        (RegistryFailure.NoSpace, ["no space left on device", "disk quota exceeded"]),
        (RegistryFailure.RateLimited, ["toomanyrequests", "too many requests", "rate limit", "parsing http 429 response"]),
        (RegistryFailure.AccessDenied, ["no basic auth credentials", "unauthorized", "authentication required", "access denied", "denied:", "403 forbidden"]),
        (RegistryFailure.Broken, ["unexpected http status: 5", "parsing http 5"]),
        (RegistryFailure.Corrupt, ["unknown blob", "verification failed", "blob unknown", "unexpected eof", "invalid checksum"]),
        (RegistryFailure.NotFound, ["manifest unknown", "not found: manifest", "name unknown", "no matching manifest"]),
        (RegistryFailure.BadReference, ["invalid reference format", "invalid repository name", "invalid tag format"]),
        (RegistryFailure.Unreachable,
        [
            "connection refused", "no such host", "i/o timeout", "tls handshake", "client.timeout", "network is unreachable", "no route to host",
            "connection reset", "x509:", "server gave http response", "request canceled", "server misbehaving",
        ]),
    ];

    /// <summary>The cause, as far as status and message tell it.</summary>
    public static RegistryFailure Classify(DockerApiException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        foreach (var (kind, words) in Evidence)
        {
            if (words.Any(word => failure.ResponseBody.Contains(word, StringComparison.OrdinalIgnoreCase))) return kind;
        }

        return failure.StatusCode switch
        {
            HttpStatusCode.NotFound => RegistryFailure.NotFound,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RegistryFailure.AccessDenied,
            HttpStatusCode.BadRequest => RegistryFailure.BadReference,
            HttpStatusCode.TooManyRequests => RegistryFailure.RateLimited,
            _ => RegistryFailure.Unknown,
        };
    }
}
