using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>A name server that knows a few TXT and address records, over UDP and TCP on one loopback port.</summary>
internal sealed class DnsServer : IDisposable
{
    private readonly UdpClient _packets;
    private readonly TcpListener _streams;
    private readonly CancellationTokenSource _stop = new();

    public DnsServer()
    {
        (Endpoint, _packets, _streams) = Bind();
        _ = AnswerPacketsAsync();
        _ = AnswerStreamsAsync();
    }

    public IPEndPoint Endpoint { get; }

    public Dictionary<string, string[]> Texts { get; } = [];

    /// <summary>Addresses by name; <c>*.</c> stands for all below a domain.</summary>
    public Dictionary<string, string[]> Addresses { get; } = [];

    /// <summary>Names that stand for others.</summary>
    public Dictionary<string, string> Aliases { get; } = [];

    /// <summary>Says over UDP that the answer does not fit.</summary>
    public bool CutsPackets { get; set; }

    /// <summary>Changes what is sent over UDP; null sends nothing.</summary>
    public Func<byte[], byte[]?> Spoil { get; set; } = answer => answer;

    /// <summary>Sent over UDP before the answer itself.</summary>
    public Func<byte[], byte[]?> Before { get; set; } = _ => null;

    public int Streams { get; private set; }

    public int Packets { get; private set; }

    /// <summary>Another process may take a free port before it is bound here.</summary>
    private static (IPEndPoint Endpoint, UdpClient Packets, TcpListener Streams) Bind()
    {
        for (var left = 16; ; left--)
        {
            var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
            var streams = new TcpListener(endpoint);
            try
            {
                streams.Start();
                return (endpoint, new(endpoint), streams);
            }
            catch (SocketException) when (left > 1)
            {
                streams.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _packets.Dispose();
        _streams.Stop();
        _stop.Dispose();
    }

    /// <summary>An answer to a question.</summary>
    /// <param name="question">As it came.</param>
    /// <param name="code">Response code.</param>
    /// <param name="flags">More bits of the third byte.</param>
    /// <param name="records">Name, type and data of each.</param>
    public static byte[] Answer(byte[] question, int code, int flags, params (string Name, ushort Type, byte[] Data)[] records)
    {
        var message = new List<byte>(question);
        message[2] = (byte)(0x80 | flags | (question[2] & 1));
        message[3] = (byte)(0x80 | code);
        message[6] = (byte)(records.Length >> 8);
        message[7] = (byte)records.Length;
        foreach (var (name, type, data) in records)
        {
            message.AddRange(Name(name));
            message.AddRange([(byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length]);
            message.AddRange(data);
        }

        return [.. message];
    }

    public static byte[] Name(string name) => [.. name.Split('.').SelectMany(label => new[] { (byte)label.Length }.Concat(Encoding.ASCII.GetBytes(label))), 0];

    /// <summary>The data of a TXT record, in pieces of at most 255 bytes.</summary>
    public static byte[] Text(string text) => [.. text.Chunk(255).SelectMany(piece => new[] { (byte)piece.Length }.Concat(Encoding.ASCII.GetBytes(piece)))];

    public static string AskedName(byte[] question)
    {
        var labels = new List<string>();
        for (var at = 12; question[at] != 0; at += 1 + question[at]) labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
        return string.Join('.', labels);
    }

    private byte[] Answer(byte[] question, bool isStream)
    {
        var name = AskedName(question);
        if (CutsPackets && !isStream) return Answer(question, 0, 0x02);
        var records = new List<(string, ushort, byte[])>();
        while (Aliases.TryGetValue(name, out var target))
        {
            records.Add((name, 5, Name(target)));
            name = target;
        }

        var kind = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(question.Length - 4));
        if (kind is 1 or 28 && (Addresses.TryGetValue(name, out var addresses) || Addresses.TryGetValue("*" + name[name.IndexOf('.', StringComparison.Ordinal)..], out addresses)))
        {
            var size = kind == 1 ? 4 : 16;
            records.AddRange(addresses.Select(address => IPAddress.Parse(address).GetAddressBytes()).Where(bytes => bytes.Length == size).Select(bytes => (name, kind, bytes)));
            return Answer(question, 0, 0, [.. records]);
        }

        if (!Texts.TryGetValue(name, out var texts)) return Answer(question, 3, 0, [.. records]);
        records.AddRange(texts.Select(text => (name, (ushort)16, Text(text))));
        return Answer(question, 0, 0, [.. records]);
    }

    private async Task AnswerPacketsAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _packets.ReceiveAsync(_stop.Token);
                Packets++;
                if (Before(asked.Buffer) is { } first) await _packets.SendAsync(first, asked.RemoteEndPoint, _stop.Token);
                if (Spoil(Answer(asked.Buffer, isStream: false)) is { } answer) await _packets.SendAsync(answer, asked.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerStreamsAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _streams.AcceptTcpClientAsync(_stop.Token);
                Streams++;
                var length = new byte[2];
                await client.GetStream().ReadExactlyAsync(length, _stop.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await client.GetStream().ReadExactlyAsync(question, _stop.Token);
                var answer = Answer(question, isStream: true);
                await client.GetStream().WriteAsync(new byte[] { (byte)(answer.Length >> 8), (byte)answer.Length }, _stop.Token);
                await client.GetStream().WriteAsync(answer, _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
        }
    }
}
