using System.Diagnostics.Metrics;

namespace ProviderAgent.Gateway;

/// <summary>Counters of this room. No tenant, lease or address is ever a tag: callers choose those, so they have no bound.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "ProviderAgent.Gateway";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _refusedTokens;
    private readonly Counter<long> _manifests;
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _refusedConnections;
    private readonly UpDownCounter<int> _streams;
    private readonly Counter<long> _endedStreams;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("provider_gateway_requests_total", description: "Requests by route and HTTP status; 101 for streams, 0 when the caller went away.");
        _durations = meter.CreateHistogram<double>("provider_gateway_request_duration_seconds", "s", "Time from the headers of a request to the end of its answer, by route; streams are left out.");
        _refusedTokens = meter.CreateCounter<long>("provider_gateway_tokens_refused_total", description: "Requests whose authentication failed, by reason.");
        _manifests = meter.CreateCounter<long>("provider_gateway_manifests_total", description: "Manifests received, by outcome (accepted, unchanged, or the rule that refused them).");
        _connections = meter.CreateUpDownCounter<int>("provider_gateway_connections", description: "Open connections.");
        _refusedConnections = meter.CreateCounter<long>("provider_gateway_connections_refused_total", description: "Connections closed at once because their address has too many.");
        _streams = meter.CreateUpDownCounter<int>("provider_gateway_streams", description: "Open log streams.");
        _endedStreams = meter.CreateCounter<long>("provider_gateway_streams_ended_total", description: "Log streams by the way they ended (done, not_found, unavailable, failed, slow_reader, peer_gone, stopping, refused).");
    }

    public void RequestEnded(string route, int status) => _requests.Add(1, new("route", route), new("status", status));

    public void RequestTook(string route, TimeSpan time) => _durations.Record(time.TotalSeconds, new KeyValuePair<string, object?>("route", route));

    public void TokenRefused(string reason) => _refusedTokens.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void ManifestEnded(string outcome) => _manifests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed() => _connections.Add(-1);

    public void ConnectionRefused() => _refusedConnections.Add(1);

    public void StreamOpened() => _streams.Add(1);

    public void StreamClosed() => _streams.Add(-1);

    public void StreamEnded(string outcome) => _endedStreams.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
