using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text.Json;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tenant.Gateway;

/// <summary>Talks to one provider's gateway, which proves itself by its certificate.</summary>
internal sealed class GatewayClient : IDisposable
{
    private const int MaxAnswerBytes = 4 << 20;

    // Longest log line that is taken; gateways split longer ones.
    private const int MaxFrameBytes = 1 << 20;

    // Longest part of an answer that is quoted in a message.
    private const int MaxQuote = 500;

    private readonly Uri _host;
    private readonly ServerTrust _trust;
    private readonly GatewayToken _token;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;

    public GatewayClient(Uri host, ServerTrust trust, GatewayToken token, TimeSpan timeout, TimeProvider time)
    {
        _host = host;
        _trust = trust;
        _token = token;
        _timeout = timeout;
        _time = time;
        _handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions = new() { RemoteCertificateValidationCallback = (_, certificate, _, errors) => _trust.Accept(certificate, errors) },
        };
        _http = new(_handler, disposeHandler: false) { BaseAddress = host, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    /// <exception cref="TenantException">The gateway is away, is somebody else's, or refuses the manifest.</exception>
    public async Task PutManifestAsync(ulong dseq, byte[] manifest, CancellationToken ct)
    {
        using var content = new ByteArrayContent(manifest);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"deployment/{dseq}/manifest")) { Content = content };
        await SendAsync(request, "the manifest", ct);
    }

    /// <returns>Null while the lease is not up.</returns>
    public async Task<TenantLeaseStatus?> StatusAsync(LeaseId lease, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path(lease)}/status");
        try
        {
            var body = await SendAsync(request, "the lease's status", ct);
            return JsonSerializer.Deserialize(body, TenantJson.Default.TenantLeaseStatus);
        }
        catch (TenantException e) when (e is { Failure: TenantFailure.GatewayRefused, Code: (int)HttpStatusCode.NotFound })
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new TenantException(TenantFailure.GatewayUnavailable, $"the gateway at {_host} answers the lease's status with something else: {e.Message}", e);
        }
    }

    public async IAsyncEnumerable<TenantLogLine> LogsAsync(
        LeaseId lease, bool follow, int? tail, IReadOnlyCollection<string> services, [EnumeratorCancellation] CancellationToken ct)
    {
        using var socket = await ConnectAsync(lease, follow, tail, services, ct);
        while (await ReceiveAsync(socket, ct) is { } frame) yield return ReadLine(frame);
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, string what, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _token.MakeAsync(ct));
            using var response = await _http.SendAsync(request, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            if (response.IsSuccessStatusCode) return body;
            throw Refused(what, (int)response.StatusCode, System.Text.Encoding.UTF8.GetString(body));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Unavailable($"did not answer within {_timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", e);
        }
        catch (HttpRequestException e)
        {
            throw Failed(e);
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(LeaseId lease, bool follow, int? tail, IReadOnlyCollection<string> services, CancellationToken ct)
    {
        var query = $"follow={(follow ? "true" : "false")}"
            + (tail is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&tail={tail}"))
            + (services.Count == 0 ? "" : $"&service={Uri.EscapeDataString(string.Join(',', services))}");
        var address = new UriBuilder(new Uri(_host, $"{Path(lease)}/logs")) { Scheme = Uri.UriSchemeWss, Query = query }.Uri;
        var socket = new ClientWebSocket();
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {await _token.MakeAsync(ct)}");
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => _trust.Accept(certificate, errors);
            await socket.ConnectAsync(address, either.Token);
            return socket;
        }
        catch (Exception e)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw e switch
            {
                OperationCanceledException when !ct.IsCancellationRequested => Unavailable("did not open the log stream in time", e),
                WebSocketException when status is not (0 or (int)HttpStatusCode.SwitchingProtocols) => Refused("the logs", status, ""),
                WebSocketException => Failed(e),
                _ => e,
            };
        }
    }

    /// <returns>Null when the stream ended in order.</returns>
    private async Task<byte[]?> ReceiveAsync(ClientWebSocket socket, CancellationToken ct)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), ct);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.CloseStatus == WebSocketCloseStatus.NormalClosure) return null;
                    throw Refused("the logs", (int)(socket.CloseStatus ?? 0), socket.CloseStatusDescription ?? "");
                }

                message.Write(buffer, 0, part.Count);
                if (message.Length > MaxFrameBytes) throw Unavailable("sent a log line without end", null);
                if (part.EndOfMessage) return message.ToArray();
            }
        }
        catch (WebSocketException e)
        {
            throw Unavailable($"broke off the log stream: {e.Message}", e);
        }
    }

    private TenantLogLine ReadLine(byte[] frame)
    {
        try
        {
            using var line = JsonDocument.Parse(frame);
            return new(line.RootElement.GetProperty("name").GetString() ?? "", line.RootElement.GetProperty("message").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unavailable("sent a log line in another form", e);
        }
    }

    private TenantException Failed(Exception e)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
            {
                return new(TenantFailure.GatewayUntrusted, $"the server at {_host} is not trusted: {_trust.Refusal ?? inner.Message}", e);
            }
        }

        return Unavailable($"cannot be reached: {e.GetBaseException().Message}", e);
    }

    private TenantException Unavailable(string what, Exception? inner) => new(TenantFailure.GatewayUnavailable, $"the gateway at {_host} {what}", inner);

    private TenantException Refused(string what, int code, string words)
    {
        var quote = words.Length > MaxQuote ? string.Concat(words.AsSpan(0, MaxQuote), "…") : words.Trim();
        return new(TenantFailure.GatewayRefused, $"the gateway at {_host} refuses {what} with {code.ToString(CultureInfo.InvariantCulture)}{(quote.Length > 0 ? $": {quote}" : "")}")
        {
            Code = code,
        };
    }

    private static string Path(LeaseId lease) =>
        string.Create(CultureInfo.InvariantCulture, $"lease/{lease.Order.Dseq}/{lease.Order.Gseq}/{lease.Order.Oseq}");
}
