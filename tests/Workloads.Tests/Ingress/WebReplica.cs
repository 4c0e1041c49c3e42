using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>A tenant's web server: answers each request by a function of its head, and echoes bytes after an upgrade.</summary>
internal sealed class WebReplica : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private bool _isDisposed;

    public WebReplica(IPAddress address, int port, Func<string, string> answer)
    {
        _listener = new(address, port);
        _listener.Start();
        Address = address;
        _ = AcceptAsync(answer);
    }

    public IPAddress Address { get; }

    /// <summary>Heads of the requests that came.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Heads { get; } = [];

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public static string Status(int status) => $"HTTP/1.1 {status} Said so\r\nContent-Length: 2\r\n\r\nno";

    /// <summary>Also before the end of a test, to let it go away.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private static int BodyLength(string head) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) is { } line ? int.Parse(line.AsSpan(16), System.Globalization.CultureInfo.InvariantCulture) : 0;

    private async Task AcceptAsync(Func<string, string> answer)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client, answer, _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, Func<string, string> answer, CancellationToken ct)
    {
        using (client)
        {
            var stream = client.GetStream();
            var buffer = new byte[65_536];
            var text = "";
            try
            {
                while (await stream.ReadAsync(buffer, ct) is > 0 and var read)
                {
                    text += Encoding.Latin1.GetString(buffer, 0, read);
                    while (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
                    {
                        var head = text[..end];
                        // As most programs do: no answer before the whole request is there.
                        var length = BodyLength(head);
                        if (text.Length - end - 4 < length) break;
                        text = text[(end + 4 + length)..];
                        Heads.Enqueue(head);
                        if (head.Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase))
                        {
                            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"u8.ToArray(), ct);
                            while (await stream.ReadAsync(buffer, ct) is > 0 and var count) await stream.WriteAsync(buffer.AsMemory(0, count), ct);
                            return;
                        }

                        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer(head)), ct);
                    }
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
            {
            }
        }
    }
}
