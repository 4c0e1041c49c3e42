using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>Policies that ask outside, and somebody to ask.</summary>
internal static class Hooks
{
    public static ConfiguredPricing Pricing(PricingOptions options, TimeProvider? time = null) =>
        new(new SettableOptions<PricingOptions>(options), time ?? TimeProvider.System, new LogProbe<ConfiguredPricing>());
}

/// <summary>A small HTTP service on loopback that answers every request with the same bytes, or with none at all.</summary>
internal sealed class CannedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private volatile string? _answer;
    private int _requests;

    /// <param name="answer">Status line, headers and body; null to take requests and stay silent.</param>
    public CannedServer(string? answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/price");

    public int Requests => Volatile.Read(ref _requests);

    public string LastRequest { get; private set; } = "";

    public void Answer(string? answer) => _answer = answer;

    public static string Ok(string body) => Status("200 OK", body);

    public static string Status(string status, string body) => $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var token = _stop.Token;
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(token);
                _ = ServeAsync(client, token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken token)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            var buffer = new byte[64 * 1024];
            var text = "";
            while (!IsWhole(text))
            {
                var read = await stream.ReadAsync(buffer, token);
                if (read == 0) break;
                text += Encoding.UTF8.GetString(buffer, 0, read);
            }

            LastRequest = text;
            Interlocked.Increment(ref _requests);
            if (_answer is not { } answer) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            else await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
        }
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var header = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return header is null || text.Length - end - 4 >= int.Parse(header.AsSpan("Content-Length:".Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
