using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Grpc;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Endpoints;

/// <summary>The configured nodes: which one is asked, which are out of order, and the move from one to the next.</summary>
/// <remarks>
/// The endpoint in use stays in use until it fails or falls behind, because a node's pool of waiting transactions is its own.
/// Safe to use concurrently.
/// </remarks>
internal sealed partial class EndpointPool : IDisposable
{
    // How long a failed endpoint is only asked when no other one answers.
    private static readonly TimeSpan RestAfterFault = TimeSpan.FromSeconds(15);

    // A node that imports at normal speed is never this far behind its peers.
    private const int MaxLagBlocks = 3;

    // Only a clearly better endpoint is worth leaving the node whose pool holds what we sent.
    private const int MinGain = 30;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger<EndpointPool> _log;
    private readonly HttpClient _http;
    private readonly long _wantedHistory;
    private volatile Endpoint _current;
    private volatile string _network;
    private long _floor;

    public EndpointPool(IOptions<ChainOptions> options, IEndpointHandlerFactory handlers, TimeProvider time, ILogger<EndpointPool> log)
    {
        (_time, _log) = (time, log);
        var value = options.Value;

        // Deadlines are per call and come from the clock that is passed in.
        _http = new HttpClient(handlers.Create(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        All = [.. value.Endpoints.Select(endpoint => Make(endpoint, value))];
        _network = value.Network;
        _wantedHistory = value.MaxReplayBlocks;
        _current = All[0];
    }

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<Endpoint> All { get; }

    /// <summary>The endpoint in use.</summary>
    public Endpoint Current => _current;

    /// <summary>Chain id; empty until the first endpoint has answered when the configuration names none.</summary>
    public string Network => _network;

    /// <summary>The highest block whose contents were acted upon. Answers about an older state are not accepted any more.</summary>
    public long Floor => Volatile.Read(ref _floor);

    public void RaiseFloor(long height)
    {
        long seen;
        while ((seen = Volatile.Read(ref _floor)) < height) Interlocked.CompareExchange(ref _floor, height, seen);
    }

    /// <summary>Asks the endpoint in use, then the others, until one answers.</summary>
    /// <exception cref="EndpointException">None did; the fault is that of the endpoint tried first, or a refusal if there was one.</exception>
    public async Task<T> AskAsync<T>(Func<Endpoint, CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        EndpointException? failure = null;
        foreach (var endpoint in InOrder())
        {
            try
            {
                var answer = await AskOneAsync(endpoint, ask, ct);
                if (!_current.State.IsGood) Use(endpoint);
                return answer;
            }
            catch (EndpointException e)
            {
                if (failure is null || (failure.Fault != EndpointFault.Refused && e.Fault == EndpointFault.Refused)) failure = e;
            }
        }

        throw failure ?? new EndpointException(EndpointFault.Unreachable, "no endpoint is configured");
    }

    /// <summary>All endpoints in the order in which they are asked: the one in use first, then the better ones, those that failed lately last.</summary>
    /// <remarks>Among equals the order of the configuration holds.</remarks>
    public IReadOnlyList<Endpoint> InOrder()
    {
        if (All.Count == 1) return All;
        var current = _current;
        return All.OrderBy(endpoint => IsResting(endpoint) ? 1 : 0)
            .ThenBy(endpoint => endpoint == current ? 0 : 1)
            .ThenByDescending(endpoint => Score(endpoint).Value)
            .ToArray();
    }

    /// <summary>How good an endpoint is now.</summary>
    public EndpointScore Score(Endpoint endpoint) =>
        EndpointScore.Of(endpoint.State, endpoint.Record, All.Max(other => other.State.IsGood ? other.State.Status?.LatestHeight : null) ?? 0, _wantedHistory, _time.GetUtcNow());

    /// <summary>Asks one endpoint, after making sure that it can be used at all.</summary>
    /// <exception cref="EndpointException">It cannot, or did not answer.</exception>
    public Task<T> AskOneAsync<T>(Endpoint endpoint, Func<Endpoint, CancellationToken, Task<T>> ask, CancellationToken ct) => NotedAsync(endpoint, async () =>
    {
        if (!endpoint.State.IsGood) await StatusAsync(endpoint, ct);
        return await ask(endpoint, ct);
    });

    /// <summary>The present state of whichever endpoint answers first.</summary>
    /// <exception cref="EndpointException">None did.</exception>
    public Task<NodeStatus> CheckAnyAsync(CancellationToken ct) => AskAsync(StatusAsync, ct);

    /// <summary>Asks an endpoint for its state and checks that it can be used at all.</summary>
    /// <exception cref="EndpointException">No answer, another network, or still catching up.</exception>
    public Task<NodeStatus> CheckAsync(Endpoint endpoint, CancellationToken ct) => NotedAsync(endpoint, () => StatusAsync(endpoint, ct));

    /// <summary>Notes that an endpoint failed.</summary>
    public void Report(Endpoint endpoint, EndpointException error)
    {
        var first = endpoint.State.Fault is null;
        endpoint.State = endpoint.State with { Fault = error.Message, ChangedAt = _time.GetTimestamp() };
        if (first) Log.EndpointFailed(_log, endpoint.Address, error.Message);
        else Log.EndpointStillFails(_log, endpoint.Address, error.Message);
    }

    /// <summary>Asks all endpoints for their state and moves to a better one when the one in use fails, or is behind the best.</summary>
    public async Task ProbeAsync(CancellationToken ct)
    {
        await Task.WhenAll(All.Select(async endpoint =>
        {
            try
            {
                await CheckAsync(endpoint, ct);
            }
            catch (EndpointException)
            {
                // Noted by the check; the others decide.
            }
        }));

        var current = _current;
        var best = All.Where(endpoint => endpoint.State.IsGood).MaxBy(endpoint => Score(endpoint).Value);
        if (best?.State.Status is not { } ahead) return;
        var isBehind = ahead.LatestHeight > (current.State.Status?.LatestHeight ?? 0) + MaxLagBlocks;
        if (!current.State.IsGood || isBehind || Score(best).Value >= Score(current).Value + MinGain) Use(best);
    }

    public void Dispose() => _http.Dispose();

    private Endpoint Make(ChainEndpointOptions endpoint, ChainOptions options)
    {
        var rpc = endpoint.Rpc ?? throw new ArgumentException("an endpoint has no address", nameof(endpoint));
        var (reading, sending) = (new RpcLimits(options.QueryTimeout, options.MaxResponse.Bytes), new RpcLimits(options.TransactionTimeout, options.MaxResponse.Bytes));
        var (queries, transactions) = (new RpcClient(_http, rpc, reading, _time), new RpcClient(_http, rpc, sending, _time));
        return endpoint.Grpc is { } grpc
            ? new(queries, Prefer(reading, queries), Prefer(sending, transactions))
            : new(queries, queries, transactions);

        PreferredTransport Prefer(RpcLimits limits, RpcClient other) =>
            new(new GrpcTransport(GrpcChannel.ForAddress(grpc, _http, limits, _time), grpc), other, grpc, _time, _log);
    }

    private async Task<T> NotedAsync<T>(Endpoint endpoint, Func<Task<T>> ask)
    {
        try
        {
            var answer = await ask();
            endpoint.Note(record => record.Answered());
            return answer;
        }
        catch (EndpointException e) when (e.Fault is not (EndpointFault.Refused or EndpointFault.Stale))
        {
            // A refusal is an answer: the endpoint is in order, though another one may know more.
            endpoint.Note(record => record.Failed());
            Report(endpoint, e);
            throw;
        }
    }

    private async Task<NodeStatus> StatusAsync(Endpoint endpoint, CancellationToken ct)
    {
        var asked = _time.GetTimestamp();
        var status = await endpoint.Queries.StatusAsync(ct);
        endpoint.Note(record => record.AnsweredState(_time.GetElapsedTime(asked)));
        var network = Adopt(endpoint, status.Network);
        if (status.Network != network)
        {
            throw new EndpointException(
                EndpointFault.WrongNetwork, $"{endpoint} serves the network '{status.Network}' instead of '{network}'; correct chain.endpoints or chain.network");
        }

        if (status.IsCatchingUp) throw new EndpointException(EndpointFault.CatchingUp, $"{endpoint} is still catching up (block {status.LatestHeight})");
        var recovered = endpoint.State.Fault is not null;
        endpoint.State = new(null, status, _time.GetTimestamp());
        if (recovered) Log.EndpointRecovered(_log, endpoint.Address, status.LatestHeight);
        return status;
    }

    private void Use(Endpoint endpoint)
    {
        lock (_gate)
        {
            if (_current == endpoint) return;
            Log.EndpointSwitched(_log, _current.Address, endpoint.Address);
            _current = endpoint;
        }
    }

    private string Adopt(Endpoint endpoint, string network)
    {
        lock (_gate)
        {
            if (_network.Length == 0 && network.Length > 0)
            {
                Log.NetworkAdopted(_log, network, endpoint.Address);
                _network = network;
            }

            return _network;
        }
    }

    private bool IsResting(Endpoint endpoint) =>
        endpoint.State is { Fault: not null } state && _time.GetElapsedTime(state.ChangedAt) < RestAfterFault;

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Information, "Network {Network} is taken from {Endpoint}, because chain.network is not set", EventName = "NetworkAdopted")]
        public static partial void NetworkAdopted(ILogger logger, string network, Uri endpoint);

        [LoggerMessage(1001, LogLevel.Warning, "Endpoint {Endpoint} failed and is avoided for now: {Cause}", EventName = "EndpointFailed")]
        public static partial void EndpointFailed(ILogger logger, Uri endpoint, string cause);

        [LoggerMessage(1002, LogLevel.Debug, "Endpoint {Endpoint} still fails: {Cause}", EventName = "EndpointStillFails")]
        public static partial void EndpointStillFails(ILogger logger, Uri endpoint, string cause);

        [LoggerMessage(1003, LogLevel.Information, "Endpoint {Endpoint} answers again, at block {Height}", EventName = "EndpointRecovered")]
        public static partial void EndpointRecovered(ILogger logger, Uri endpoint, long height);

        [LoggerMessage(1004, LogLevel.Information, "Moved from endpoint {From} to {To}", EventName = "EndpointSwitched")]
        public static partial void EndpointSwitched(ILogger logger, Uri from, Uri to);
    }
}
