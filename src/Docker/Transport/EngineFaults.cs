using System.Net.Sockets;
using System.Text.Json;

namespace ProviderAgent.Docker;

/// <summary>Turns what the platform throws into this client's own exceptions. What it does not know is a defect of ours and passes unchanged.</summary>
internal sealed class EngineFaults(EngineEndpoint endpoint)
{
    public const string Checks = "check the engine's log (journalctl -u docker)";

    public EngineEndpoint Endpoint => endpoint;

    /// <summary>The exception to throw in place of <paramref name="e"/>; the same object where nothing is to be changed.</summary>
    public Exception Translate(Exception e, string operation) => e switch
    {
        EngineException or OperationCanceledException => e,
        JsonException => new EngineProtocolException($"The answer to {operation} is not what a Docker engine says: {e.Message}", e),
        HttpRequestException or IOException or SocketException => FromTransport(e, operation),
        ObjectDisposedException => Lost(operation, e), // the platform disposes a connection under a read when it dies
        _ => e,
    };

    public EngineUnavailableException Late(string operation, TimeSpan limit, Exception? cause) => new(
        endpoint.Text,
        EngineUnavailableReason.DeadlinePassed,
        $"no answer to {operation} within {limit.TotalSeconds:0.#} s, and what it did is not known; {Checks}",
        cause);

    public EngineUnavailableException Lost(string operation, Exception? cause) => new(
        endpoint.Text,
        EngineUnavailableReason.ConnectionLost,
        $"the connection broke during {operation}, and what it did is not known; if the engine was not restarted, {Checks}",
        cause);

    private Exception FromTransport(Exception e, string operation)
    {
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is EngineException own) return own; // the dialer's, or an upload's
        }

        var error = e switch
        {
            HttpRequestException request => request.HttpRequestError,
            HttpIOException io => io.HttpRequestError,
            _ => HttpRequestError.Unknown,
        };
        return error is HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
            ? new EngineProtocolException($"The answer to {operation} is not HTTP as a Docker engine speaks it: {e.Message}", e)
            : Lost(operation, e);
    }
}
