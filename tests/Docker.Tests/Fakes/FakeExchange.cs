using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Docker.Tests;

/// <summary>One request that a <see cref="FakeEngine"/> got, and the raw connection to answer on.</summary>
internal sealed class FakeExchange
{
    private readonly Socket _socket;

    private FakeExchange(Socket socket, NetworkStream stream, string head, CancellationToken stopped)
    {
        _socket = socket;
        Stream = stream;
        Stopped = stopped;
        Head = head;
        var parts = head.Split("\r\n")[0].Split(' ');
        Method = parts[0];
        Target = parts[1];
        var question = Target.IndexOf('?');
        Path = question < 0 ? Target : Target[..question];
        Query = question < 0 ? "" : Uri.UnescapeDataString(Target[(question + 1)..]);
    }

    public string Head { get; }

    public string Method { get; }

    public string Target { get; }

    public string Path { get; }

    /// <summary>Unescaped, without the question mark.</summary>
    public string Query { get; }

    public byte[] Body { get; private set; } = [];

    public string BodyText => Encoding.UTF8.GetString(Body);

    public NetworkStream Stream { get; }

    /// <summary>Cancelled at the end of the test; scripts that hang wait for it.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>True when the script closed or broke the connection.</summary>
    public bool IsClosed { get; private set; }

    public string? Header(string name) => HeaderOf(Head, name);

    public Task WriteAsync(string raw) => WriteAsync(Encoding.UTF8.GetBytes(raw));

    public Task WriteAsync(byte[] raw) => Stream.WriteAsync(raw, Stopped).AsTask();

    public Task RespondAsync(int status, string body, string contentType = "application/json") => WriteAsync(
        $"HTTP/1.1 {status} Scripted\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public Task BeginChunksAsync() => WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");

    public Task WriteChunkAsync(string chunk) => WriteChunkAsync(Encoding.UTF8.GetBytes(chunk));

    public async Task WriteChunkAsync(byte[] chunk)
    {
        await WriteAsync($"{chunk.Length:x}\r\n");
        await WriteAsync(chunk);
        await WriteAsync("\r\n");
    }

    public Task EndChunksAsync() => WriteAsync("0\r\n\r\n");

    /// <summary>Closes the connection in order.</summary>
    public void Close()
    {
        IsClosed = true;
        _socket.Shutdown(SocketShutdown.Both);
    }

    /// <summary>Says nothing more until the client goes away or the test ends.</summary>
    /// <returns>True when the client went away.</returns>
    public async Task<bool> HangAsync()
    {
        IsClosed = true;
        try
        {
            return await Stream.ReadAsync(new byte[1], Stopped) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <returns>Null at the end of the connection.</returns>
    public static async Task<FakeExchange?> ReadAsync(Socket socket, NetworkStream stream, CancellationToken stopped)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await ReadByteAsync(stream, stopped) is not { } next) return null;
            head.Append((char)next);
        }

        var exchange = new FakeExchange(socket, stream, head.ToString(), stopped);
        if (exchange.Header("Content-Length") is { } length)
        {
            exchange.Body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(exchange.Body, stopped);
        }

        return exchange;
    }

    /// <summary>Lets the client send the body that it announced with "Expect: 100-continue", and reads it.</summary>
    /// <param name="onChunk">Called after each chunk.</param>
    public async Task ReadUploadAsync(Action? onChunk = null)
    {
        await WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
        using var body = new MemoryStream();
        while (true)
        {
            var line = new StringBuilder();
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                line.Append((char)(await ReadByteAsync(Stream, Stopped) ?? throw new IOException("cut")));
            }

            var size = int.Parse(line.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var chunk = new byte[size + 2];
            await Stream.ReadExactlyAsync(chunk, Stopped);
            body.Write(chunk, 0, size);
            if (size == 0) break;
            onChunk?.Invoke();
        }

        Body = body.ToArray();
    }

    private static async Task<byte?> ReadByteAsync(NetworkStream stream, CancellationToken stopped)
    {
        var one = new byte[1];
        return await stream.ReadAsync(one, stopped) == 0 ? null : one[0];
    }

    private static string? HeaderOf(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
