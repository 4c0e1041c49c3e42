namespace ProviderAgent.Chain.Keys;

/// <summary>Bech32 (BIP 173): bytes as text with a prefix and a checksum that catches up to four wrong characters.</summary>
/// <remarks>The checksum constant is the one of Bech32, not of Bech32m, which this chain does not use.</remarks>
internal static class Bech32
{
    /// <summary>Longest text that is read or written, in characters; BIP 173's limit of 90 keeps the checksum's promise.</summary>
    public const int MaxLength = 90;

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;

    /// <summary>Writes lower-case text.</summary>
    /// <exception cref="ArgumentException">The text would be longer than <see cref="MaxLength"/>, or the prefix is empty.</exception>
    public static string Encode(string prefix, ReadOnlySpan<byte> bytes)
    {
        var words = ((bytes.Length * 8) + 4) / 5;
        var length = prefix.Length + 1 + words + ChecksumLength;
        if (prefix.Length == 0 || length > MaxLength) throw new ArgumentException($"{bytes.Length} bytes with prefix '{prefix}' do not fit", nameof(bytes));

        Span<char> text = stackalloc char[length];
        prefix.CopyTo(text);
        text[prefix.Length] = '1';
        var checksum = PrefixState(prefix);
        int at = prefix.Length + 1, bits = 0, pending = 0;
        foreach (var b in bytes)
        {
            pending = ((pending << 8) | b) & 0xfff;
            for (bits += 8; bits >= 5; bits -= 5) Append(text, (pending >> (bits - 5)) & 31);
        }

        if (bits > 0) Append(text, (pending << (5 - bits)) & 31);
        for (var i = 0; i < ChecksumLength; i++) checksum = Step(checksum, 0);
        checksum ^= 1;
        for (var i = 0; i < ChecksumLength; i++) text[at++] = Alphabet[(int)(checksum >> (5 * (ChecksumLength - 1 - i))) & 31];
        return new string(text);

        void Append(Span<char> target, int word)
        {
            target[at++] = Alphabet[word];
            checksum = Step(checksum, word);
        }
    }

    /// <summary>Reads text that is all lower or all upper case; false for a wrong checksum, mixed case or left-over bits.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The expected prefix, in lower case.</param>
    /// <param name="bytes">The content; empty on failure.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, string prefix, out byte[] bytes)
    {
        bytes = [];
        if (text.Length > MaxLength || text.Length < prefix.Length + 1 + ChecksumLength) return false;
        var upper = text.ContainsAnyInRange('A', 'Z');
        if (upper && text.ContainsAnyInRange('a', 'z')) return false;
        if (!text[..prefix.Length].Equals(prefix, StringComparison.OrdinalIgnoreCase) || text[prefix.Length] != '1') return false;

        var data = text[(prefix.Length + 1)..];
        var content = new byte[(data.Length - ChecksumLength) * 5 / 8];
        var checksum = PrefixState(prefix);
        int at = 0, bits = 0, pending = 0;
        for (var i = 0; i < data.Length; i++)
        {
            var word = Alphabet.IndexOf(upper ? char.ToLowerInvariant(data[i]) : data[i]);
            if (word < 0) return false;
            checksum = Step(checksum, word);
            if (i >= data.Length - ChecksumLength) continue;
            pending = ((pending << 5) | word) & 0xfff;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            content[at++] = (byte)(pending >> bits);
        }

        // Padding is fewer than five bits, all zero; otherwise two texts would mean the same bytes.
        if (checksum != 1 || bits >= 5 || (pending & ((1 << bits) - 1)) != 0) return false;
        bytes = content;
        return true;
    }

    private static uint PrefixState(string prefix)
    {
        var state = 1u;
        foreach (var c in prefix) state = Step(state, c >> 5);
        state = Step(state, 0);
        foreach (var c in prefix) state = Step(state, c & 31);
        return state;
    }

    private static uint Step(uint state, int word)
    {
        ReadOnlySpan<uint> generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        var top = state >> 25;
        state = ((state & 0x1ffffff) << 5) ^ (uint)word;
        for (var i = 0; i < generator.Length; i++)
        {
            if (((top >> i) & 1) != 0) state ^= generator[i];
        }

        return state;
    }
}
