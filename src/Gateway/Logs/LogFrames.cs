using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProviderAgent.Gateway;

/// <summary>Turns log lines into the frames that tenants' tools read: <c>{"name":"web-0","message":"…"}</c>.</summary>
internal sealed class LogFrames
{
    /// <summary>Longest message of one frame, in UTF-16 units. The reference provider ends the stream at such a line; here it is split.</summary>
    public const int MaxMessage = 64 * 1024;

    // No page is made of this, so that text may stay as it is.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>The frames of one line. Each is valid until the next one is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Of(LogLine line)
    {
        var start = 0;
        do
        {
            var length = Math.Min(MaxMessage, line.Text.Length - start);
            if (start + length < line.Text.Length && char.IsHighSurrogate(line.Text[start + length - 1])) length--; // a character stays whole
            yield return Write(line.Instance, line.Text.AsSpan(start, length));
            start += length;
        }
        while (start < line.Text.Length);
    }

    private ReadOnlyMemory<byte> Write(string instance, ReadOnlySpan<char> message)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, instance);
            json.WriteString("message"u8, message);
            json.WriteEndObject();
        }

        return _buffer.WrittenMemory;
    }
}
