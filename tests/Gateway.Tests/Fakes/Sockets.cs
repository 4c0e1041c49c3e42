using System.Net.WebSockets;
using System.Text;

namespace ProviderAgent.Gateway.Tests.Fakes;

/// <summary>Reading of text frames.</summary>
internal static class Sockets
{
    /// <summary>The next frame; empty for a close.</summary>
    public static async Task<string> ReadAsync(this ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var frame = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), deadline.Token);
            if (part.MessageType == WebSocketMessageType.Close) return "";
            frame.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return Encoding.UTF8.GetString(frame.ToArray());
        }
    }

    /// <summary>All frames up to the close.</summary>
    public static async Task<(List<string> Frames, WebSocketCloseStatus? Status, string? Reason)> ReadAllAsync(this ClientWebSocket socket)
    {
        var frames = new List<string>();
        while (await ReadAsync(socket) is { Length: > 0 } frame) frames.Add(frame);
        return (frames, socket.CloseStatus, socket.CloseStatusDescription);
    }
}
