using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ProviderAgent.Docker;

/// <summary>Reads the engine's progress and event streams: JSON values separated by line ends, cut anywhere on the way.</summary>
internal static class JsonLines
{
    private const int FirstBufferBytes = 16 * 1024;

    /// <summary>Hands over each value in order; returns at the clean end of the stream.</summary>
    /// <param name="stream">Read to its end, not disposed.</param>
    /// <param name="type">How to read one value.</param>
    /// <param name="maxLineBytes">Longest accepted line.</param>
    /// <param name="operation">For messages.</param>
    /// <param name="each">Called for each value before the next one is read; its exceptions end the reading.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="EngineProtocolException">A line is too long, or is no JSON of the expected form.</exception>
    public static async Task ReadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, int maxLineBytes, string operation, Action<T> each, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(FirstBufferBytes, maxLineBytes + 1)];
        var (filled, scanned) = (0, 0);
        while (true)
        {
            if (filled == buffer.Length) buffer = Grown(buffer, maxLineBytes, operation);
            var count = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                Parse(buffer.AsSpan(0, filled), type, operation, each);
                return;
            }

            filled += count;
            var start = 0;
            for (int end; (end = buffer.AsSpan(scanned, filled - scanned).IndexOf((byte)'\n')) >= 0; start = scanned)
            {
                Parse(buffer.AsSpan(start, scanned + end - start), type, operation, each);
                scanned += end + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            scanned = filled;
        }
    }

    private static byte[] Grown(byte[] buffer, int maxLineBytes, string operation)
    {
        if (buffer.Length > maxLineBytes)
        {
            throw new EngineProtocolException($"A line of the answer to {operation} is longer than {maxLineBytes} bytes and was given up.");
        }

        Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, maxLineBytes + 1L));
        return buffer;
    }

    private static void Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type, string operation, Action<T> each)
    {
        line = line.Trim(" \t\r\n"u8);
        if (line.IsEmpty) return;
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { AllowMultipleValues = true });
        while (Next(ref reader, type, operation) is { } value) each(value);
    }

    private static T? Next<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type, string operation)
    {
        try
        {
            if (!reader.Read()) return default;
            return JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException("a value is null");
        }
        catch (JsonException e)
        {
            throw new EngineProtocolException($"A line of the answer to {operation} is not what a Docker engine says: {e.Message}", e);
        }
    }
}
