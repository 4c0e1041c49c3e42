using System.Buffers.Binary;
using System.Net.Sockets;

namespace ProviderAgent.Chain.Keys.Remote;

/// <summary>What is asked of a remote signer.</summary>
internal enum SignerRequest : byte
{
    /// <summary>Its public key; the answer's content is 33 bytes.</summary>
    PublicKey = 1,

    /// <summary>A signature of the bytes that follow; the answer's content is 64 bytes.</summary>
    Sign = 2,
}

/// <summary>How a remote signer answers.</summary>
internal enum SignerAnswer : byte
{
    Done = 1,

    /// <summary>It does not sign this; the content says why.</summary>
    Refused = 2,
}

/// <summary>What goes over a signer's socket in either direction: a version, a kind, a length, the content.</summary>
internal readonly record struct SignerFrame(byte Kind, byte[] Content)
{
    /// <summary>Largest content in bytes; a transaction has at most 128 KiB.</summary>
    public const int MaxContent = 256 * 1024;

    private const byte Version = 1;
    private const int HeaderSize = 6;

    public static async Task SendAsync(Socket socket, byte kind, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var bytes = new byte[HeaderSize + content.Length];
        (bytes[0], bytes[1]) = (Version, kind);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(2), content.Length);
        content.CopyTo(bytes.AsMemory(HeaderSize));
        for (var sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes.AsMemory(sent), ct);
    }

    /// <summary>The next frame; null when the other side has nothing more to say.</summary>
    /// <exception cref="InvalidDataException">Another version, a length beyond bounds, or an end in the middle.</exception>
    public static async Task<SignerFrame?> ReceiveAsync(Socket socket, CancellationToken ct)
    {
        var header = new byte[HeaderSize];
        if (await ReadAsync(socket, header, ct) is var read and < HeaderSize) return read == 0 ? null : throw new InvalidDataException("it ended in the middle of a message");
        var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(2));
        if (header[0] != Version) throw new InvalidDataException($"it speaks version {header[0]}, not {Version}: both sides must be of the same release");
        if (length is < 0 or > MaxContent) throw new InvalidDataException($"a message of {length} bytes is out of bounds");
        var content = new byte[length];
        return await ReadAsync(socket, content, ct) == length ? new(header[1], content) : throw new InvalidDataException("it ended in the middle of a message");
    }

    private static async Task<int> ReadAsync(Socket socket, Memory<byte> buffer, CancellationToken ct)
    {
        int read = 0, more;
        while (read < buffer.Length && (more = await socket.ReceiveAsync(buffer[read..], ct)) > 0) read += more;
        return read;
    }
}
