using System.Net.Sockets;
using System.Text.Json;

namespace ProviderAgent.Workloads;

/// <summary>The firewall, driven by the host helper, so that the daemon itself needs no right over the network.</summary>
internal sealed class HostHelperGuard(string socketPath, TimeProvider time) : INetworkGuard
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public async Task EnsureAsync(NetworkGuardRules rules, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), either.Token);
            await using var stream = new NetworkStream(socket);
            var request = new HostHelperRequest(HostHelperRequest.ApplyGuard, rules.Bridges, [.. rules.PrivateResolvers.Select(address => address.ToString())], rules.AllowMail);
            await HostHelperLine.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(request, HostHelperJson.Default.HostHelperRequest), either.Token);
            var answer = JsonSerializer.Deserialize(await HostHelperLine.ReadAsync(stream, either.Token), HostHelperJson.Default.HostHelperAnswer);
            if (answer?.Error is { } error) throw new NetworkGuardException(error);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new NetworkGuardException($"the host helper at {socketPath} did not answer within {Deadline.TotalSeconds:0} s; see 'journalctl -u provider-agent-helper'");
        }
        catch (Exception error) when (error is SocketException or IOException or JsonException)
        {
            throw new NetworkGuardException($"the host helper at {socketPath} cannot be used ({error.Message}); start it with 'systemctl start provider-agent-helper.socket'", error);
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
