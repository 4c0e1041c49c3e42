using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Grpc;

/// <param name="Message">The answer's bytes.</param>
/// <param name="Headers">What came with it.</param>
internal sealed record GrpcAnswer(byte[] Message, HttpResponseHeaders Headers);

/// <summary>Calls methods of a gRPC server, one message each way. Named after Grpc.Net.Client; see docs/adr for what to delete once that can be used.</summary>
/// <remarks>
/// HTTP/2 with or without TLS, as the address says. Every call has a deadline, which the server is told too, and a size limit.
/// Safe to use concurrently.
/// </remarks>
internal sealed class GrpcChannel
{
    // What the deadline's header can hold: eight digits.
    private const long MaxTimeoutMs = 99_999_999;

    private static readonly MediaTypeHeaderValue Grpc = new("application/grpc");

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly RpcLimits _limits;
    private readonly TimeProvider _time;

    private GrpcChannel(HttpClient http, Uri address, RpcLimits limits, TimeProvider time) => (_http, _address, _limits, _time) = (http, address, limits, time);

    /// <param name="address"><c>http</c> for plain HTTP/2, <c>https</c> for TLS.</param>
    /// <param name="http">Carries the calls; without a deadline of its own.</param>
    /// <param name="limits">Deadline and size of each call.</param>
    /// <param name="time">Clock of the deadline.</param>
    public static GrpcChannel ForAddress(Uri address, HttpClient http, RpcLimits limits, TimeProvider time) => new(http, address, limits, time);

    /// <summary>Calls one method.</summary>
    /// <param name="method">A slash, the service's full name, a slash, the method.</param>
    /// <param name="request">The encoded request.</param>
    /// <param name="ct">Stops the call, which the server notices.</param>
    /// <exception cref="RpcException">Any end but a good one.</exception>
    public async Task<GrpcAnswer> UnaryAsync(string method, ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        using var deadline = new Deadline(_limits.Deadline, _time, ct);
        try
        {
            using var call = Request(method, request);
            using var response = await _http.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw new RpcException(new(FromHttp(response.StatusCode), $"HTTP status {(int)response.StatusCode}"), isFromServer: false);
            if (response.Content.Headers.ContentType?.MediaType is not { } type || !type.StartsWith("application/grpc", StringComparison.Ordinal))
            {
                throw new RpcException(new(StatusCode.Unknown, $"the answer is '{response.Content.Headers.ContentType}', which is no gRPC"), isFromServer: false);
            }

            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
            var message = await GrpcFrame.ReadAsync(body, _limits.MaxResponseBytes, deadline.Token);
            if (message is not null && await GrpcFrame.ReadAsync(body, 0, deadline.Token) is not null)
            {
                throw new RpcException(new(StatusCode.Internal, "the answer holds more than one message"), isFromServer: false);
            }

            var status = StatusOf(response);
            if (status.StatusCode != StatusCode.OK) throw new RpcException(status, isFromServer: true);
            return new(message ?? throw new RpcException(new(StatusCode.Internal, "the answer holds no message"), isFromServer: false), response.Headers);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.DeadlineExceeded, $"no answer within {_limits.Deadline.TotalSeconds:0.#} s"), isFromServer: false, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RpcException(new(FromReset(e), e.Message), isFromServer: false, e);
        }
    }

    private HttpRequestMessage Request(string method, ReadOnlyMemory<byte> request)
    {
        var timeout = Math.Clamp((long)_limits.Deadline.TotalMilliseconds, 1, MaxTimeoutMs);
        var call = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact, // plain HTTP/2 without asking first
            Content = new ByteArrayContent(GrpcFrame.Write(request.Span)) { Headers = { ContentType = Grpc } },
        };
        call.Headers.TE.Add(new("trailers"));
        call.Headers.Add("grpc-timeout", timeout.ToString(CultureInfo.InvariantCulture) + "m");
        return call;
    }

    private static Status StatusOf(HttpResponseMessage response)
    {
        // A server that has nothing to say puts the status at the head.
        var from = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!from.TryGetValues("grpc-status", out var codes) || !int.TryParse(codes.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return new(StatusCode.Unknown, "the answer has no status");
        }

        var text = from.TryGetValues("grpc-message", out var texts) ? Uri.UnescapeDataString(texts.FirstOrDefault() ?? "") : "";
        return new(code is >= (int)StatusCode.OK and <= (int)StatusCode.Unauthenticated ? (StatusCode)code : StatusCode.Unknown, text);
    }

    private static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>Servers end calls by resetting the stream, with a reason of HTTP/2.</summary>
    private static StatusCode FromReset(Exception error)
    {
        const long cancel = 8;
        const long enhanceYourCalm = 0xb;
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpProtocolException { ErrorCode: var code })
            {
                return code == cancel ? StatusCode.Cancelled : code == enhanceYourCalm ? StatusCode.ResourceExhausted : StatusCode.Unavailable;
            }
        }

        return StatusCode.Unavailable;
    }
}
