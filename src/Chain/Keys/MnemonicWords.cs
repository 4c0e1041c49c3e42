using System.Text;

namespace ProviderAgent.Chain.Keys;

/// <summary>The English word list of BIP 39: 2048 words, sorted, no two alike in their first four letters.</summary>
internal sealed class MnemonicWords
{
    /// <summary>Number of words; each stands for 11 bits.</summary>
    public const int Count = 2048;

    private readonly string[] _words;

    private MnemonicWords(string[] words) => _words = words;

    public string this[int index] => _words[index];

    /// <exception cref="InvalidOperationException">The list was damaged when the program was built.</exception>
    public static MnemonicWords Load()
    {
        using var stream = typeof(MnemonicWords).Assembly.GetManifestResourceStream("bip39-english.txt")
            ?? throw new InvalidOperationException("the word list is missing from the program");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var words = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length == Count ? new(words) : throw new InvalidOperationException($"the word list has {words.Length} words instead of {Count}");
    }

    /// <summary>Position of a word in any case; -1 when it is not in the list.</summary>
    public int IndexOf(ReadOnlySpan<char> word)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = word.CompareTo(_words[middle], StringComparison.OrdinalIgnoreCase);
            if (order == 0) return middle;
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }

        return -1;
    }
}
