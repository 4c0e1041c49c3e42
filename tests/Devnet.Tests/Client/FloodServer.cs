using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>Answers every request with a JSON reply that does not end before so many bytes.</summary>
internal sealed class FloodServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly long _size;
    private readonly bool _tellsLength;
    private int _requests;
    private long _most;

    public FloodServer(long size, bool tellsLength)
    {
        (_size, _tellsLength) = (size, tellsLength);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The most bytes of one reply that the other side took.</summary>
    public long MostSent => Volatile.Read(ref _most);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            long sent = 0;
            try
            {
                var stream = client.GetStream();
                var request = new byte[8192];
                if (await stream.ReadAsync(request, _stop.Token) == 0) return;
                Interlocked.Increment(ref _requests);
                var length = _tellsLength ? $"Content-Length: {_size}\r\n" : "";
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}Connection: close\r\n\r\n{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"filler\":\""), _stop.Token);
                var chunk = new byte[256 * 1024];
                chunk.AsSpan().Fill((byte)'x');
                for (; sent < _size; sent += chunk.Length) await stream.WriteAsync(chunk, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // it hung up
            }
            finally
            {
                long before;
                do
                {
                    before = Volatile.Read(ref _most);
                }
                while (sent > before && Interlocked.CompareExchange(ref _most, sent, before) != before);
            }
        }
    }
}
