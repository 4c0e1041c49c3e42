using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Chain.Tests.Keys;

public sealed class MnemonicTests
{
    private const string Words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    private const string Address = "akash19rl4cm2hmr8afy4kldpxz3fka4jguq0a3mq6x0";

    [Theory]
    [InlineData("  " + Words + "\n")]
    [InlineData("ABANDON abandon\tabandon abandon  abandon abandon abandon abandon abandon abandon abandon\r\nabout")]
    public void FromMnemonic_OtherBlanksAndCase_IsTheSameKey(string words)
    {
        using var key = ChainKey.FromMnemonic(words);

        Assert.Equal(Address, key.Address.Value);
    }

    [Theory]
    [InlineData("", "0")]
    [InlineData("abandon", "1")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", "checksum")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon zoo zoo", "13")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abou", "word 12")]
    [InlineData("abandon zzzzzzzzzzzzzzzzzzzzz", "word 2")]
    [InlineData("abandón abandon", "ASCII")]
    public void FromMnemonic_Wrong_SaysWhatIsWrong(string words, string hint)
    {
        var error = Assert.Throws<KeyException>(() => ChainKey.FromMnemonic(words));

        Assert.Contains(hint, error.Message);
        Assert.DoesNotContain("zzzz", error.Message); // never shows the words themselves
    }

    [Fact]
    public void FromMnemonic_TooManyWords_IsRefused() =>
        Assert.Contains("24", Assert.Throws<KeyException>(() => ChainKey.FromMnemonic(Words + " " + Words + " " + Words)).Message);

    [Fact]
    public void FromMnemonic_PassphraseOutsideAscii_IsRefused() =>
        Assert.Contains("ASCII", Assert.Throws<KeyException>(() => ChainKey.FromMnemonic(Words, "pässword")).Message);

    [Theory]
    [InlineData(0x8000_0000, 0)]
    [InlineData(0, 0x8000_0000)]
    public void FromMnemonic_PathOutOfRange_IsRefused(uint account, uint index) =>
        Assert.Throws<KeyException>(() => ChainKey.FromMnemonic(Words, "", account, index));

    [Fact]
    public void Generate_Twice_GivesTwoValidMnemonics()
    {
        var (first, second) = (Mnemonic.Generate(), Mnemonic.Generate());
        using var key = ChainKey.FromMnemonic(first);

        Assert.Equal(24, new string(first).Split(' ').Length);
        Assert.NotEqual(first, second);
        Assert.True(ChainAddress.IsValid(key.Address));
    }

    [Fact]
    public void Load_List_IsSortedAndFindsEachWord()
    {
        var words = MnemonicWords.Load();

        Assert.Equal(("abandon", "zoo"), (words[0], words[2047]));
        Assert.All(Enumerable.Range(0, MnemonicWords.Count), i => Assert.Equal(i, words.IndexOf(words[i].ToUpperInvariant())));
        Assert.Equal(-1, words.IndexOf("aband"));
        Assert.Equal(-1, words.IndexOf("zzz"));
    }
}
