using System.Net;

namespace ProviderAgent.Docker;

/// <summary>What a 404 of a call speaks about.</summary>
internal enum NotFoundSubject
{
    /// <summary>More than one thing can be missing (start, create, connect): only the message tells.</summary>
    Unclear,
    Container,
    Image,
    Network,
    Volume,
}

/// <summary>Turns a refusal into the exception that names what is missing.</summary>
internal static class Refusal
{
    public static DockerApiException From(HttpStatusCode status, string message, string operation, NotFoundSubject subject)
    {
        if (status != HttpStatusCode.NotFound) return new DockerApiException(status, message, operation);
        if (subject == NotFoundSubject.Unclear) subject = SubjectOf(message);
        return subject switch
        {
            NotFoundSubject.Container => new DockerContainerNotFoundException(message, operation),
            NotFoundSubject.Image => new DockerImageNotFoundException(message, operation),
            NotFoundSubject.Network => new DockerNetworkNotFoundException(message, operation),
            NotFoundSubject.Volume => new DockerVolumeNotFoundException(message, operation),
            _ => new DockerApiException(status, message, operation),
        };
    }

    /// <summary>A start fails with 404 for a missing container and for a missing network; taking one for the other would recreate a container in a
    /// circle.</summary>
    private static NotFoundSubject SubjectOf(string message)
    {
        if (message.Contains("No such container", StringComparison.OrdinalIgnoreCase)) return NotFoundSubject.Container;
        if (message.Contains("No such image", StringComparison.OrdinalIgnoreCase)) return NotFoundSubject.Image;
        if (message.Contains("no such volume", StringComparison.OrdinalIgnoreCase)) return NotFoundSubject.Volume;
        return message.Contains("network ", StringComparison.OrdinalIgnoreCase) && message.Contains("not found", StringComparison.OrdinalIgnoreCase)
            ? NotFoundSubject.Network
            : NotFoundSubject.Unclear;
    }
}
