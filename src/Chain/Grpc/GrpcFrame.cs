using System.Buffers.Binary;

namespace ProviderAgent.Chain.Grpc;

/// <summary>How messages lie in a body: a flag, the length, the message.</summary>
internal static class GrpcFrame
{
    public const int HeadLength = 5;

    /// <summary>A message ready to be sent, not compressed.</summary>
    public static byte[] Write(ReadOnlySpan<byte> message)
    {
        var frame = new byte[HeadLength + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    /// <summary>The next message of a body; null at its end.</summary>
    /// <exception cref="RpcException">Compressed, cut off, or longer than allowed: the length is looked at before a byte is kept for it.</exception>
    public static async Task<byte[]?> ReadAsync(Stream body, long maxBytes, CancellationToken ct)
    {
        var head = new byte[HeadLength];
        var read = await body.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, ct);
        if (read == 0) return null;
        if (read < HeadLength) throw new RpcException(new(StatusCode.Internal, "the answer ends within a message's head"), isFromServer: false);
        if (head[0] != 0) throw new RpcException(new(StatusCode.Internal, "the answer is compressed, which was not asked for"), isFromServer: false);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(1));
        if (length > maxBytes) throw new RpcException(new(StatusCode.ResourceExhausted, $"the answer has {length} bytes, more than {maxBytes}"), isFromServer: false);

        // Grows with what really arrives: a head may promise what never comes.
        var message = new MemoryStream();
        var buffer = new byte[Math.Min(length, 64 * 1024)];
        while (message.Length < length)
        {
            var part = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - message.Length)), ct);
            if (part == 0) throw new RpcException(new(StatusCode.Internal, "the answer ends within a message"), isFromServer: false);
            message.Write(buffer, 0, part);
        }

        return message.ToArray();
    }
}
