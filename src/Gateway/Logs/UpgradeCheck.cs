using Microsoft.AspNetCore.Http;

namespace ProviderAgent.Gateway;

/// <summary>Whether a request may become a WebSocket.</summary>
internal static class UpgradeCheck
{
    /// <summary>True when the request was answered, because it may not.</summary>
    public static async Task<bool> RefuseAsync(HttpContext http, CancellationToken ct)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.Headers.SecWebSocketVersion = "13";
            await Answers.TextAsync(http.Response, StatusCodes.Status400BadRequest, "Bad Request", ct);
            return true;
        }

        // Browsers send the page's origin: a foreign page must not use what a browser may know of this host.
        var origins = http.Request.Headers.Origin;
        if (origins.Count == 0 || (origins.Count == 1 && Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)
            && string.Equals(origin.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase))) return false;
        await Answers.TextAsync(http.Response, StatusCodes.Status403Forbidden, "Forbidden", ct);
        return true;
    }
}
