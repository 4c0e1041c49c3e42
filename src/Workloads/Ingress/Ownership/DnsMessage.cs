using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>Kinds of records that are asked for.</summary>
internal enum DnsRecord : ushort
{
    /// <summary>IPv4 address.</summary>
    A = 1,
    Txt = 16,

    /// <summary>IPv6 address.</summary>
    Aaaa = 28,
}

/// <summary>What a name server said about the records of a name, each as text: an address in its usual form.</summary>
internal abstract record DnsTexts
{
    private DnsTexts()
    {
    }

    /// <summary>The name's records of the kind that was asked for; empty when it has none.</summary>
    public sealed record Found(IReadOnlyList<string> Texts) : DnsTexts;

    /// <summary>There is no such name.</summary>
    public sealed record NoName : DnsTexts;

    /// <summary>The answer does not fit into one packet: ask again over TCP.</summary>
    public sealed record CutShort : DnsTexts;

    /// <summary>The server cannot say, or says something that is no answer: nothing is known.</summary>
    public sealed record Unknown(string Why) : DnsTexts;
}

/// <summary>Questions for records and their answers (RFC 1035, 3596). Answers come from strangers: every length is bounded.</summary>
internal static class DnsMessage
{
    /// <summary>Largest answer that is read.</summary>
    public const int MaxAnswer = 16_384;

    private const int HeaderLength = 12;
    private const int MaxRecords = 128;
    private const int MaxPointers = 32;
    private const int MaxName = 255;
    private const int MaxAliases = 8;
    private const int MaxTexts = 64;
    private const ushort Cname = 5;
    private const ushort Internet = 1;

    /// <summary>A question for records of a name, for a server that looks further by itself.</summary>
    public static byte[] Question(ushort id, string name, DnsRecord kind = DnsRecord.Txt)
    {
        var message = new byte[HeaderLength + name.Length + 2 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0x0100); // recursion desired
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), 1);
        var at = HeaderLength;
        foreach (var part in name.AsSpan().Split('.'))
        {
            var label = name.AsSpan()[part];
            message[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, message.AsSpan(at));
        }

        at++;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), (ushort)kind);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 2), Internet);
        return message;
    }

    /// <summary>Whether a packet claims to answer this question; anybody can send packets.</summary>
    public static bool Answers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question) =>
        message.Length >= question.Length
        && message[..2].SequenceEqual(question[..2])
        && (message[2] & 0x80) != 0
        && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 1
        && SameName(message[HeaderLength..question.Length], question[HeaderLength..]);

    /// <summary>Reads an answer of which <see cref="Answers"/> is true.</summary>
    public static DnsTexts Read(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question, string name)
    {
        try
        {
            return ReadChecked(message, question, name);
        }
        catch (FormatException error)
        {
            return new DnsTexts.Unknown(error.Message);
        }
    }

    private static DnsTexts ReadChecked(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question, string name)
    {
        if ((message[2] & 0x02) != 0) return new DnsTexts.CutShort();
        var code = message[3] & 0x0F;
        if (code == 3) return new DnsTexts.NoName();
        if (code != 0) return new DnsTexts.Unknown($"the name server answers with code {code}");
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        if (count > MaxRecords) return new DnsTexts.Unknown("the answer has too many records");
        // What was asked for stands before the class at the end of the question.
        var wanted = (DnsRecord)BinaryPrimitives.ReadUInt16BigEndian(question[^4..]);
        var aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var texts = new List<(string Name, string Text)>();
        var at = question.Length;
        for (var i = 0; i < count; i++)
        {
            var owner = ReadName(message, ref at);
            var head = Slice(message, at, 10);
            var (type, kind, length) = (BinaryPrimitives.ReadUInt16BigEndian(head), BinaryPrimitives.ReadUInt16BigEndian(head[2..]), BinaryPrimitives.ReadUInt16BigEndian(head[8..]));
            at += 10;
            var data = Slice(message, at, length);
            if (kind == Internet && type == (ushort)wanted && texts.Count < MaxTexts) texts.Add((owner, ReadRecord(wanted, data)));
            var target = at;
            if (kind == Internet && type == Cname) aliases[owner] = ReadName(message, ref target);
            at += length;
        }

        // The record may stand under another name that this one points to.
        for (var i = 0; i < MaxAliases && aliases.TryGetValue(name, out var alias); i++) name = alias;
        return new DnsTexts.Found([.. texts.Where(text => string.Equals(text.Name, name, StringComparison.OrdinalIgnoreCase)).Select(text => text.Text)]);
    }

    private static string ReadRecord(DnsRecord kind, ReadOnlySpan<byte> data) => kind switch
    {
        DnsRecord.Txt => ReadText(data),
        DnsRecord.A when data.Length == 4 => new IPAddress(data).ToString(),
        DnsRecord.Aaaa when data.Length == 16 => new IPAddress(data).ToString(),
        _ => throw new FormatException("an address in the answer has the wrong length"),
    };

    /// <summary>The pieces of one record belong together.</summary>
    private static string ReadText(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        for (var at = 0; at < data.Length; at += 1 + data[at]) text.Append(Encoding.Latin1.GetString(Slice(data, at + 1, data[at])));
        return text.ToString();
    }

    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        var position = at;
        var pointers = 0;
        while (true)
        {
            var length = Slice(message, position, 1)[0];
            if (length == 0)
            {
                if (pointers == 0) at = position + 1;
                return name.ToString();
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (++pointers > MaxPointers) throw new FormatException("a name in the answer points in a circle");
                if (pointers == 1) at = position + 2;
                position = BinaryPrimitives.ReadUInt16BigEndian(Slice(message, position, 2)) & 0x3FFF;
                continue;
            }

            if ((length & 0xC0) != 0) throw new FormatException("a name in the answer is malformed");
            if (name.Length > 0) name.Append('.');
            name.Append(Encoding.Latin1.GetString(Slice(message, position + 1, length)));
            if (name.Length > MaxName) throw new FormatException("a name in the answer is too long");
            position += 1 + length;
        }
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> from, int at, int length) =>
        at >= 0 && at + length <= from.Length ? from.Slice(at, length) : throw new FormatException("the answer ends early");

    private static bool SameName(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (Lower(left[i]) != Lower(right[i])) return false;
        }

        return true;

        static byte Lower(byte letter) => letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
    }
}
