using System.Net;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Docker;

/// <summary>Sends calls: version, connection, deadline, limits, refusals, faults and metrics in one place. It never repeats a call.</summary>
internal sealed class EngineTransport : IDisposable
{
    private readonly DockerClientConfiguration _configuration;
    private readonly EngineConnections _connections;
    private readonly EngineFaults _faults;
    private readonly EngineMetrics _metrics;
    private readonly EngineHealth _health;
    private readonly VersionHandshake _handshake;

    public EngineTransport(DockerClientConfiguration configuration, Version? requested)
    {
        _configuration = configuration;
        _connections = new EngineConnections(configuration);
        _faults = new EngineFaults(configuration.Endpoint);
        _metrics = new EngineMetrics(configuration.MeterFactory);
        _health = new EngineHealth(configuration.Endpoint.Text, configuration.LoggerFactory.CreateLogger<DockerClient>());
        _handshake = new VersionHandshake(this, configuration.Endpoint, requested ?? ApiVersions.Newest);
    }

    public DockerClientTimeouts Timeouts => _configuration.Timeouts;

    public DockerClientLimits Limits => _configuration.Limits;

    public TimeProvider Time => _configuration.TimeProvider;

    /// <summary>Asks for the version again, as after an upgrade of the engine; also the liveness check.</summary>
    public async Task HandshakeAsync(CancellationToken cancellationToken)
    {
        var (theirs, used) = await _handshake.RenewAsync(cancellationToken).ConfigureAwait(false);
        _health.Agreed(theirs, used);
    }

    /// <summary>The engine was lost: it may come back as another version.</summary>
    public void ForgetVersion() => _handshake.Forget();

    /// <summary>A call whose answer is its status.</summary>
    public Task<HttpStatusCode> ExecuteAsync(EngineRequest request, CancellationToken cancellationToken) =>
        CallAsync(request, _connections.Calls, DrainAsync, cancellationToken);

    /// <summary>As <see cref="ExecuteAsync"/>, for calls that may take minutes and must not hold up the short ones.</summary>
    public Task<HttpStatusCode> ExecuteSlowlyAsync(EngineRequest request, CancellationToken cancellationToken) =>
        CallAsync(request, _connections.Streams, DrainAsync, cancellationToken);

    /// <summary>A call answered by one JSON value.</summary>
    public Task<T> ReadAsync<T>(EngineRequest request, CancellationToken cancellationToken) =>
        CallAsync(request, _connections.Calls, ReadBodyAsync<T>, cancellationToken);

    /// <summary>As <see cref="ReadAsync{T}"/>, for calls that may take minutes and must not hold up the short ones.</summary>
    public Task<T> ReadSlowlyAsync<T>(EngineRequest request, CancellationToken cancellationToken) =>
        CallAsync(request, _connections.Streams, ReadBodyAsync<T>, cancellationToken);

    /// <summary>A call answered by a header.</summary>
    public Task<string?> ReadHeaderAsync(EngineRequest request, string header, CancellationToken cancellationToken) =>
        CallAsync(
            request,
            _connections.Calls,
            async (answer, token) =>
            {
                await DrainAsync(answer, token).ConfigureAwait(false);
                return answer.Message.Headers.TryGetValues(header, out var values) ? values.FirstOrDefault() : null;
            },
            cancellationToken);

    /// <summary>A call answered by a stream. The deadline ends with the head of the answer; <paramref name="idle"/> limits each wait after it.</summary>
    public Task<EngineStream> OpenAsync(EngineRequest request, TimeSpan? idle, CancellationToken cancellationToken) =>
        CallAsync(
            request,
            _connections.Streams,
            async (answer, token) => new EngineStream(answer.Message, await BodyAsync(answer, maxBytes: null, idle, token).ConfigureAwait(false)),
            cancellationToken);

    /// <summary>A call after which the connection carries raw bytes both ways.</summary>
    public async Task<HijackedStream> HijackAsync(EngineRequest request, CancellationToken cancellationToken)
    {
        var connection = _connections.Dedicated();
        try
        {
            return await CallAsync(
                request,
                connection,
                async (answer, token) =>
                {
                    var socket = connection.Socket ?? throw _faults.Lost(request.Operation, cause: null);
                    answer.Owner = new OwnerPair(answer.Owner, connection);
                    var body = await BodyAsync(answer, maxBytes: null, idle: null, token).ConfigureAwait(false);
                    return new HijackedStream(socket, body, _faults, request.Operation);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>For a stream that ended cleanly before it could.</summary>
    public EngineUnavailableException Lost(string operation) => _faults.Lost(operation, cause: null);

    public void Dispose()
    {
        _connections.Dispose();
        _metrics.Dispose();
        _handshake.Dispose();
    }

    private async Task<HttpStatusCode> DrainAsync(Answer answer, CancellationToken cancellationToken)
    {
        // Nothing of interest is in there; read to the end so that the connection can be used again.
        await using var body = await BodyAsync(answer, Limits.MaxAnswerBytes, idle: null, cancellationToken).ConfigureAwait(false);
        await body.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        return answer.Message.StatusCode;
    }

    private async Task<T> ReadBodyAsync<T>(Answer answer, CancellationToken cancellationToken)
    {
        await using var body = await BodyAsync(answer, Limits.MaxAnswerBytes, idle: null, cancellationToken).ConfigureAwait(false);
        return await DockerJson.ReadAsync<T>(body, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> CallAsync<T>(
        EngineRequest request, EngineConnections.Invoker invoker, Func<Answer, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = Time.GetTimestamp();
        using var deadline = new Deadline(Time, request.Deadline, cancellationToken);
        if (request.Content is UploadContent upload) upload.Progressed = deadline.Restart;
        HttpResponseMessage? response = null;
        try
        {
            var version = request.Versioned ? await AgreedVersionAsync(deadline.Token).ConfigureAwait(false) : null;
            using var message = Build(request, version, invoker.IsDedicated);
            response = await invoker.SendAsync(message, deadline.Token).ConfigureAwait(false);
            _health.Reached();
            await ThrowIfRefusedAsync(request, response, deadline.Token).ConfigureAwait(false);
            var result = await read(new Answer(request.Operation, response), deadline.Token).ConfigureAwait(false);
            _metrics.Called(request.Operation, "ok", Time.GetElapsedTime(started));
            return result;
        }
        catch (Exception e)
        {
            response?.Dispose();
            var fault = Explain(e, request, deadline, cancellationToken);
            _metrics.Called(request.Operation, OutcomeOf(fault), Time.GetElapsedTime(started));
            if (fault is EngineUnavailableException unavailable)
            {
                _health.Missed(unavailable);
                _handshake.Forget(); // it may come back as another version
            }

            if (ReferenceEquals(fault, e)) throw;
            throw fault;
        }
    }

    private async ValueTask<Version> AgreedVersionAsync(CancellationToken cancellationToken)
    {
        if (_handshake.Agreed is { } known) return known;
        var (theirs, used) = await _handshake.GetAsync(cancellationToken).ConfigureAwait(false);
        if (theirs is not null) _health.Agreed(theirs, used);
        return used;
    }

    private Exception Explain(Exception e, EngineRequest request, Deadline deadline, CancellationToken caller)
    {
        if ((request.Content as UploadContent)?.SourceFault is { } source && source.SourceException is not OperationCanceledException)
        {
            return source.SourceException;
        }

        if (caller.IsCancellationRequested && e is not DockerApiException)
        {
            return new OperationCanceledException($"{request.Operation} was cancelled.", e, caller);
        }

        if (deadline.Passed && e is not DockerApiException) return _faults.Late(request.Operation, deadline.Limit, e);
        return _faults.Translate(e, request.Operation);
    }

    private static async Task ThrowIfRefusedAsync(EngineRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.SwitchingProtocols or HttpStatusCode.NotModified) return;
        if (request.GoneIsDone && response.StatusCode == HttpStatusCode.NotFound) return;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var text = await ErrorText.ReadAsync(body, request.RegistryAuth, cancellationToken).ConfigureAwait(false);
        throw Refusal.From(response.StatusCode, text, request.Operation, request.NotFound);
    }

    private HttpRequestMessage Build(EngineRequest request, Version? version, bool upgrade)
    {
        var prefix = version is null ? "" : $"/v{version.Major}.{version.Minor}";
        var message = new HttpRequestMessage(request.Method, new Uri(_configuration.Endpoint.BaseUri, $"{prefix}{request.Path}{request.Query}"))
        {
            Content = request.Content,
        };
        if (request.RegistryAuth is { } auth) message.Headers.TryAddWithoutValidation(RegistryAuth.Header, RegistryAuth.Encode(auth));
        // A refused upload is answered before its bytes are sent, so that the reason is not lost in a broken pipe.
        if (request.Content is UploadContent) message.Headers.ExpectContinue = true;
        if (!upgrade) return message;
        message.Headers.Connection.Add("Upgrade");
        message.Headers.Upgrade.ParseAdd("tcp");
        return message;
    }

    private async Task<EngineBodyStream> BodyAsync(Answer answer, long? maxBytes, TimeSpan? idle, CancellationToken cancellationToken)
    {
        var inner = await answer.Message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var owner = maxBytes is null ? _metrics.StreamOpened(answer.Operation, answer.Owner) : answer.Owner;
        return new EngineBodyStream(inner, owner, _faults, answer.Operation) { MaxBytes = maxBytes, Idle = idle, Time = Time };
    }

    private static string OutcomeOf(Exception fault) => fault switch
    {
        DockerApiException => "refused",
        EngineUnavailableException => "unavailable",
        OperationCanceledException => "cancelled",
        EngineProtocolException or EngineUnsupportedException => "protocol",
        _ => "failed",
    };

    private sealed class Answer(string operation, HttpResponseMessage message)
    {
        public string Operation => operation;

        public HttpResponseMessage Message => message;

        public IDisposable Owner { get; set; } = message;
    }

    private sealed class OwnerPair(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
