using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Keys;

public sealed class AddressTests
{
    public static TheoryData<int, string> Valid => VectorFile.Rows("bech32", "valid");

    public static TheoryData<int, string> Invalid => VectorFile.Rows("bech32", "invalid");

    public static TheoryData<int, string> Keys => VectorFile.Rows("keys");

    [Theory]
    [MemberData(nameof(Valid))]
    public void TryParse_ValidVector_GivesBytesAndBack(int position, string text)
    {
        var bytes = VectorFile.Entry("bech32", position, "valid").Hex("bytes_hex");

        Assert.True(ChainAddress.TryParse(text, out var address));
        Assert.True(ChainAddress.TryParse(text.ToUpperInvariant(), out var fromUpper));
        Assert.True(ChainAddress.TryGetBytes(address, out var decoded));
        Assert.Equal(bytes, decoded);
        Assert.Equal(address, ChainAddress.FromBytes(bytes));
        Assert.Equal(address, fromUpper);
        Assert.True(ChainAddress.IsValid(address));
        Assert.False(ChainAddress.IsValid(AccountAddress.Parse(text.ToUpperInvariant())));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void TryParse_InvalidVector_IsRefused(int position, string text)
    {
        Assert.False(ChainAddress.TryParse(text, out _), VectorFile.Entry("bech32", position, "invalid").Text("why"));
        if (AccountAddress.TryParse(text, out var opaque)) Assert.False(ChainAddress.IsValid(opaque));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Encode_OtherPrefixes_AsTheVectorsSay(int position, string name)
    {
        var entry = VectorFile.Entry("keys", position);
        var bytes = entry.Hex("address_bytes_hex");

        foreach (var (prefix, text) in entry.At("same_key_other_prefixes").AsObject())
        {
            Assert.Equal(text!.GetValue<string>(), Bech32.Encode(prefix, bytes));
            Assert.True(Bech32.TryDecode(text.GetValue<string>(), prefix, out var decoded), name);
            Assert.Equal(bytes, decoded);
        }
    }

    [Theory]
    [InlineData("akash1qqqqsyrhqy2a")] // fewer bytes than an address
    [InlineData("akash1")]
    [InlineData("akash")]
    [InlineData("1qqqqqq")]
    public void TryParse_WrongLength_IsRefused(string text) => Assert.False(ChainAddress.TryParse(text, out _));

    [Fact]
    public void TryParse_HugeText_IsRefused() => Assert.False(ChainAddress.TryParse("akash1" + new string('q', 100_000), out _));

    [Fact]
    public void TryDecode_AnyOneWrongCharacter_IsNoticed()
    {
        const string text = "akash19rl4cm2hmr8afy4kldpxz3fka4jguq0a3mq6x0";
        Prop.ForAll<byte, byte>((at, letter) =>
        {
            var changed = new StringBuilder(text);
            var position = 6 + (at % (text.Length - 6));
            changed[position] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"[letter % 32];
            return changed.ToString() == text || !ChainAddress.TryParse(changed.ToString(), out _);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "b0e20b6e3116640286ed3a87a5713079b21f5189")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "9b752e45573d4b39f4dbd3323cab82bf63326bfb")]
    public void Hash_PublishedExamples_Match(string text, string hex)
    {
        var hash = new byte[Ripemd160.Size];

        Ripemd160.Hash(Encoding.ASCII.GetBytes(text), hash);

        Assert.Equal(hex, Convert.ToHexStringLower(hash));
    }
}
