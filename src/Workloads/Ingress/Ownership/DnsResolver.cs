using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ProviderAgent.Workloads;

/// <summary>Asks name servers themselves. The runtime has no call for TXT records, and for addresses none that leaves this host's own files aside.</summary>
internal sealed class DnsResolver(TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    /// <summary>The texts of a name, from the first server that knows.</summary>
    public Task<DnsTexts> FindTextsAsync(IReadOnlyList<IPEndPoint> servers, string name, CancellationToken ct) => FindAsync(servers, name, DnsRecord.Txt, ct);

    /// <summary>The records of a name, from the first server that knows.</summary>
    public async Task<DnsTexts> FindAsync(IReadOnlyList<IPEndPoint> servers, string name, DnsRecord kind, CancellationToken ct)
    {
        if (!IsAskable(name)) return new DnsTexts.Unknown($"'{name}' is too long for the DNS");
        DnsTexts answer = new DnsTexts.Unknown("there is no name server: set ingress.resolvers");
        foreach (var server in servers)
        {
            answer = await AskAsync(server, name, kind, ct);
            if (answer is not DnsTexts.Unknown) return answer;
        }

        return answer;
    }

    // 253 characters, and labels of at most 63; underscores are usual in names of records.
    private static bool IsAskable(string name) => name.Length <= HostName.MaxLength && name.Split('.').All(label => label.Length is > 0 and <= 63);

    private async Task<DnsTexts> AskAsync(IPEndPoint server, string name, DnsRecord kind, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        // Id and source port are what a stranger would have to guess to answer in the server's place.
        var question = DnsMessage.Question((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), name, kind);
        try
        {
            var answer = await AskByPacketAsync(server, question, name, either.Token);
            return answer is DnsTexts.CutShort ? await AskByStreamAsync(server, question, name, either.Token) : answer;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new DnsTexts.Unknown($"the name server {server} did not answer within {Deadline.TotalSeconds:0} s");
        }
        catch (Exception error) when (error is SocketException or EndOfStreamException)
        {
            return new DnsTexts.Unknown($"the name server {server} cannot be asked: {error.Message}");
        }
    }

    private static async Task<DnsTexts> AskByPacketAsync(IPEndPoint server, byte[] question, string name, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, ct); // so that only this server's packets come through
        await socket.SendAsync(question, ct);
        var packet = new byte[DnsMessage.MaxAnswer];
        while (true)
        {
            var length = await socket.ReceiveAsync(packet, ct);
            if (DnsMessage.Answers(packet.AsSpan(0, length), question)) return DnsMessage.Read(packet.AsSpan(0, length), question, name);
        }
    }

    private static async Task<DnsTexts> AskByStreamAsync(IPEndPoint server, byte[] question, string name, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, ct);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct);
        await stream.ReadExactlyAsync(framed.AsMemory(0, 2), ct);
        var length = BinaryPrimitives.ReadUInt16BigEndian(framed);
        if (length > DnsMessage.MaxAnswer) return new DnsTexts.Unknown("the answer is too long");
        var message = new byte[length];
        await stream.ReadExactlyAsync(message, ct);
        if (!DnsMessage.Answers(message, question)) return new DnsTexts.Unknown("the name server answers another question");
        return DnsMessage.Read(message, question, name) is var texts and not DnsTexts.CutShort ? texts : new DnsTexts.Unknown("the answer is cut short");
    }
}
