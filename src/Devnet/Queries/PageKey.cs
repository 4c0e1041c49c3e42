using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Where the next page begins: opaque for clients, with a checksum so that a damaged one is noticed.</summary>
/// <param name="States">The states that are left, the one of <paramref name="Id"/> first.</param>
/// <param name="ById">True when rows are walked by id over all states, false when state by state.</param>
/// <param name="Id">Text of the first id of the page.</param>
internal sealed record PageKey(IReadOnlyList<int> States, bool ById, string Id)
{
    private const int ChecksumSize = 4;

    public ByteString Encode()
    {
        byte[] content = [(byte)States.Count, .. States.Select(state => (byte)state), ById ? (byte)1 : (byte)0, .. Encoding.UTF8.GetBytes(Id)];
        return ByteString.CopyFrom([.. Checksum(content), .. content]);
    }

    /// <exception cref="QueryException">It was not made here, or is damaged.</exception>
    public static PageKey Decode(ByteString key)
    {
        var bytes = key.Span;
        if (bytes.Length <= ChecksumSize + 2) throw QueryException.InvalidArgument("pagination: invalid key: invalid key length");
        var content = bytes[ChecksumSize..];
        if (!bytes[..ChecksumSize].SequenceEqual(Checksum(content)))
        {
            throw QueryException.InvalidArgument($"pagination: invalid key: invalid checksum, 0x{BinaryPrimitives.ReadUInt32BigEndian(bytes):x8}");
        }

        var count = content[0];
        if (content.Length < count + 2) throw QueryException.InvalidArgument("pagination: invalid key: invalid state length");
        var states = content.Slice(1, count).ToArray().Select(state => (int)state);
        return new([.. states], content[count + 1] == 1, Encoding.UTF8.GetString(content[(count + 2)..]));
    }

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> content) => SHA256.HashData(content).AsSpan(0, ChecksumSize);
}
