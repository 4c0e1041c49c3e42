using System.Security.Cryptography;
using System.Text;

namespace ProviderAgent.Chain.Keys;

/// <summary>Words that stand for a key (BIP 39).</summary>
internal static class Mnemonic
{
    /// <summary>Bytes of the seed that keys are derived from.</summary>
    public const int SeedSize = 64;

    private const int SeedIterations = 2048;
    private const int MaxWords = 24;
    private const int MaxWordLength = 8;
    private const int BitsPerWord = 11;

    /// <summary>Makes new words: 24 of 256 random bits, 12 of 128.</summary>
    /// <remarks>The caller wipes the characters.</remarks>
    /// <exception cref="KeyException">Not 12, 15, 18, 21 or 24.</exception>
    public static char[] Generate(int words = MaxWords)
    {
        if (words is not (12 or 15 or 18 or 21 or 24)) throw WrongCount($"{words}");
        using var entropy = new SecretBytes(words / 3 * 4);
        RandomNumberGenerator.Fill(entropy.Span);
        return FromEntropy(entropy.Span);
    }

    /// <summary>The words of 16 to 32 bytes of entropy, in steps of four.</summary>
    public static char[] FromEntropy(ReadOnlySpan<byte> entropy)
    {
        var words = MnemonicWords.Load();
        using var bits = new SecretBytes(entropy.Length + 1);
        entropy.CopyTo(bits.Span);
        bits.Span[^1] = ChecksumByte(entropy);
        var count = entropy.Length * 3 / 4; // 32 bits of entropy and one of checksum make three words
        Span<char> text = stackalloc char[MaxWords * (MaxWordLength + 1)];
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text[at++] = ' ';
            var word = words[ReadBits(bits.Span, i * BitsPerWord)];
            word.CopyTo(text[at..]);
            at += word.Length;
        }

        var result = text[..at].ToArray();
        text.Clear();
        return result;
    }

    /// <summary>Checks the words and turns them into a seed of 64 bytes.</summary>
    /// <exception cref="KeyException">Wrong number of words, an unknown word, a wrong checksum, or characters that are not ASCII.</exception>
    public static SecretBytes ToSeed(ReadOnlySpan<char> words, ReadOnlySpan<char> passphrase)
    {
        // Text outside ASCII would have to be normalised first (NFKD); doing it wrong gives another key, so it is refused.
        if (!Ascii.IsValid(words)) throw new KeyException("the mnemonic has a character outside ASCII; only the English word list is supported");
        if (!Ascii.IsValid(passphrase)) throw new KeyException("the passphrase of the mnemonic has a character outside ASCII, which is not supported");

        using var canonical = Canonical(words);
        using var salt = new SecretBytes("mnemonic".Length + passphrase.Length);
        Encoding.ASCII.GetBytes("mnemonic", salt.Span);
        Encoding.ASCII.GetBytes(passphrase, salt.Span["mnemonic".Length..]);
        var seed = new SecretBytes(SeedSize);
        Rfc2898DeriveBytes.Pbkdf2(canonical.Span, salt.Span, seed.Span, SeedIterations, HashAlgorithmName.SHA512);
        return seed;
    }

    /// <summary>Checks number, words and checksum; returns the words in lower case with single blanks, as the seed is made from.</summary>
    private static SecretBytes Canonical(ReadOnlySpan<char> text)
    {
        var list = MnemonicWords.Load();
        using var bits = new SecretBytes((MaxWords * BitsPerWord / 8) + 2);
        using var joined = new SecretBytes(MaxWords * (MaxWordLength + 1));
        int count = 0, length = 0;
        foreach (var range in text.SplitAny(" \t\r\n"))
        {
            var word = text[range];
            if (word.IsEmpty) continue;
            if (count == MaxWords) throw WrongCount("more than 24");
            var index = list.IndexOf(word);

            // The position, not the word: a nearly right word is a secret too.
            if (index < 0) throw new KeyException($"word {count + 1} of the mnemonic is not in the English BIP 39 list; check its spelling");
            WriteBits(bits.Span, count++ * BitsPerWord, index);
            if (length > 0) joined.Span[length++] = (byte)' ';
            length += Encoding.ASCII.GetBytes(list[index], joined.Span[length..]);
        }

        if (count is not (12 or 15 or 18 or 21 or 24)) throw WrongCount($"{count}");
        var entropy = count / 3 * 4;
        var expected = (byte)(ChecksumByte(bits.Span[..entropy]) >> (8 - (count / 3)) << (8 - (count / 3)));
        if (bits.Span[entropy] != expected) throw new KeyException("the checksum of the mnemonic is wrong: a word is mistyped or two are swapped");
        return SecretBytes.CopyOf(joined.Span[..length]);
    }

    private static byte ChecksumByte(ReadOnlySpan<byte> entropy)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entropy, hash);
        return hash[0];
    }

    private static int ReadBits(ReadOnlySpan<byte> bits, int from)
    {
        var value = 0;
        for (var i = from; i < from + BitsPerWord; i++) value = (value << 1) | ((bits[i / 8] >> (7 - (i % 8))) & 1);
        return value;
    }

    private static void WriteBits(Span<byte> bits, int from, int value)
    {
        for (var i = 0; i < BitsPerWord; i++)
        {
            if (((value >> (BitsPerWord - 1 - i)) & 1) != 0) bits[(from + i) / 8] |= (byte)(0x80 >> ((from + i) % 8));
        }
    }

    private static KeyException WrongCount(string found) => new($"a mnemonic has 12, 15, 18, 21 or 24 words, this one has {found}");
}
