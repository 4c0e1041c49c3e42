namespace ProviderAgent.Metering;

/// <summary>Reads <c>/proc/&lt;pid&gt;/net/dev</c>: bytes over all interfaces but the loopback.</summary>
internal static class NetDevText
{
    /// <summary>Where the bytes sent stand after the interface's name; the bytes received come first.</summary>
    private const int SentColumn = 8;

    private const int HeaderLines = 2;

    /// <summary>False when a line is not as the kernel writes it, or a sum is out of bounds.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out long received, out long sent)
    {
        (received, sent) = (0, 0);
        var number = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].Trim((byte)' ');
            if (number++ < HeaderLines || line.IsEmpty) continue;
            var colon = line.LastIndexOf((byte)':'); // an alias such as eth0:1 has colons in its name
            if (colon <= 0) return false;
            if (line[..colon].SequenceEqual("lo"u8)) continue;
            if (!TryColumn(line[(colon + 1)..], 0, out var rx) || !TryColumn(line[(colon + 1)..], SentColumn, out var tx)) return false;
            if (received > long.MaxValue - rx || sent > long.MaxValue - tx) return false;
            received += rx;
            sent += tx;
        }

        return number > HeaderLines;
    }

    private static bool TryColumn(ReadOnlySpan<byte> text, int column, out long value)
    {
        value = 0;
        for (var i = 0; i <= column; i++)
        {
            text = text.TrimStart((byte)' ');
            if (!CounterText.TryLeading(text, out value, out var used)) return false;
            text = text[used..];
            if (!text.IsEmpty && text[0] != (byte)' ') return false;
        }

        return true;
    }
}
