using System.Net.Sockets;
using System.Text.Json;

namespace ProviderAgent.Workloads;

/// <summary>Asks the host helper for one act at a time.</summary>
/// <param name="socketPath">Its unix socket.</param>
/// <param name="time">For the deadline.</param>
/// <param name="unit">Its units, for messages.</param>
public sealed class HostHelperClient(string socketPath, TimeProvider time, string unit = HostHelperClient.NetworkUnit)
{
    /// <summary>Units of the helper for the network.</summary>
    public const string NetworkUnit = "provider-agent-helper";

    /// <summary>Units of the helper for disks.</summary>
    public const string DiskUnit = "provider-agent-disks";

    /// <summary>Sends one request and waits for its answer.</summary>
    /// <param name="request">The act.</param>
    /// <param name="within">How long to wait; the helper itself gives up after <see cref="HostHelperServer.RequestDeadline"/>.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="HostHelperException">The helper refused, is not there, or did not answer in time: whether it was done is then unknown.</exception>
    public async Task<HostHelperAnswer> AskAsync(HostHelperRequest request, TimeSpan within, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), either.Token);
            await using var stream = new NetworkStream(socket);
            await HostHelperLine.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(request, HostHelperJson.Default.HostHelperRequest), either.Token);
            var answer = JsonSerializer.Deserialize(await HostHelperLine.ReadAsync(stream, either.Token), HostHelperJson.Default.HostHelperAnswer);
            if (answer is null) throw new HostHelperException($"the host helper at {socketPath} gave an empty answer");
            return answer.Error is { } error ? throw new HostHelperException(error) : answer;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new HostHelperException($"the host helper at {socketPath} did not answer within {within.TotalSeconds:0} s; see 'journalctl -u {unit}'");
        }
        catch (Exception error) when (error is SocketException or IOException or JsonException)
        {
            throw new HostHelperException($"the host helper at {socketPath} cannot be used ({error.Message}); start it with 'systemctl start {unit}.socket'", error);
        }
    }
}

/// <summary>One line of JSON in, one out, with a bound.</summary>
internal static class HostHelperLine
{
    public static async Task WriteAsync(Stream stream, byte[] json, CancellationToken ct)
    {
        await stream.WriteAsync(json, ct);
        await stream.WriteAsync("\n"u8.ToArray(), ct);
    }

    /// <exception cref="IOException">The line is longer than <see cref="HostHelperRequest.MaxBytes"/>, or ends early.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        var line = new byte[HostHelperRequest.MaxBytes];
        var length = 0;
        while (length < line.Length)
        {
            var read = await stream.ReadAsync(line.AsMemory(length), ct);
            if (read == 0) throw new IOException("the line ends early");
            var end = line.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0) return line[..(length + end)];
            length += read;
        }

        throw new IOException("the line is too long");
    }
}
