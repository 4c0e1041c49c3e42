using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>Asks an instance of nginx which configuration it has.</summary>
internal static class NginxControl
{
    private const int MaxAnswer = 1_024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly byte[] Question = Encoding.ASCII.GetBytes("GET /version HTTP/1.0\r\n\r\n");

    /// <summary>Its version; null when nobody answers there.</summary>
    public static async Task<string?> ReadVersionAsync(string socketPath, TimeProvider time, CancellationToken ct) => (await AskAsync(socketPath, time, ct)).Version;

    /// <summary>Whether nobody will ever answer there: the socket is gone, or it belongs to an instance that is.</summary>
    public static async Task<bool> IsLostAsync(string socketPath, TimeProvider time, CancellationToken ct) => !File.Exists(socketPath) || (await AskAsync(socketPath, time, ct)).IsRefused;

    private static async Task<(string? Version, bool IsRefused)> AskAsync(string socketPath, TimeProvider time, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), either.Token);
            await socket.SendAsync(Question, either.Token);
            var answer = new byte[MaxAnswer];
            var length = 0;
            while (length < answer.Length && await socket.ReceiveAsync(answer.AsMemory(length), either.Token) is > 0 and var read) length += read;
            var text = Encoding.ASCII.GetString(answer, 0, length);
            var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return (body > 0 && text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) ? text[(body + 4)..] : null, IsRefused: false);
        }
        catch (SocketException error)
        {
            return (null, error.SocketErrorCode == SocketError.ConnectionRefused);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, IsRefused: false);
        }
    }
}
