using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace ProviderAgent.Devnet.State;

/// <summary>An order-independent fingerprint of a set of rows: adding and removing a row costs the same as hashing that row.</summary>
/// <remarks>Lane-wise sums of SHA-256 values. Good enough to notice a replay that went another way; not a commitment against forgers.</remarks>
internal readonly record struct StateDigest(ulong A, ulong B, ulong C, ulong D)
{
    public static StateDigest Of(string table, string id, IMessage row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{table}\0{id}\0"));
        hash.AppendData(row.ToByteArray());
        Span<byte> bytes = stackalloc byte[32];
        hash.GetHashAndReset(bytes);
        return new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
    }

    public static StateDigest operator +(StateDigest left, StateDigest right) =>
        new(left.A + right.A, left.B + right.B, left.C + right.C, left.D + right.D);

    public static StateDigest operator -(StateDigest left, StateDigest right) =>
        new(left.A - right.A, left.B - right.B, left.C - right.C, left.D - right.D);

    /// <summary>32 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, A);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), B);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), C);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), D);
        return bytes;
    }
}
