using System.Security.Cryptography;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Tests.Vectors;

namespace ProviderAgent.Chain.Tests.Keys;

public sealed class ChainKeyVectorTests
{
    public static TheoryData<int, string> Keys => VectorFile.Rows("keys");

    public static TheoryData<int, string> Transactions => VectorFile.Rows("transactions");

    [Theory]
    [MemberData(nameof(Keys))]
    public void FromMnemonic_Vector_GivesKeyAndAddress(int position, string name)
    {
        var entry = VectorFile.Entry("keys", position);
        var path = entry.Text("hd_path").Split('/');

        using var key = ChainKey.FromMnemonic(entry.Text("mnemonic"), entry.Text("bip39_passphrase"), uint.Parse(path[3].TrimEnd('\'')), uint.Parse(path[5]));
        using var raw = ChainKey.FromBytes(entry.Hex("private_key_hex"));

        Assert.Equal(entry.Text("address"), key.Address.Value);
        Assert.Equal(entry.Hex("public_key_compressed_hex"), key.PublicKey.Bytes.ToArray());
        Assert.Equal(key.PublicKey, raw.PublicKey);
        Assert.True(name.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Derive_Vector_GivesSeedPrivateKeyAndChainCode(int position, string name)
    {
        var entry = VectorFile.Entry("keys", position);
        var steps = entry.Text("hd_path").Split('/').Skip(1)
            .Select(step => step.EndsWith('\'') ? uint.Parse(step[..^1]) | 0x8000_0000 : uint.Parse(step)).ToArray();
        var chainCode = new byte[32];

        using var seed = Mnemonic.ToSeed(entry.Text("mnemonic"), entry.Text("bip39_passphrase"));
        using var key = HdKey.Derive(seed.Span, steps, chainCode);

        Assert.Equal(entry.Hex("seed_hex"), seed.Array);
        Assert.Equal(entry.Hex("private_key_hex"), key.Array);
        Assert.Equal(entry.Hex("chain_code_hex"), chainCode);
        Assert.Equal(entry.Text("mnemonic"), new string(Mnemonic.FromEntropy(entry.Hex("entropy_hex"))));
        Assert.True(name.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Transactions))]
    public async Task SignAsync_VectorSignBytes_GivesTheSameSignature(int position, string name)
    {
        var entry = VectorFile.Entry("transactions", position);
        using var key = ChainKey.FromBytes(entry.Hex("inputs.signer.private_key_hex"));
        var signBytes = entry.Hex("sign_doc_bytes.hex");

        var signature = await key.SignAsync(signBytes, CancellationToken.None);

        Assert.Equal(entry.Text("signature.hex"), Convert.ToHexStringLower(signature));
        Assert.Equal(entry.Text("sign_doc_sha256_hex"), Convert.ToHexStringLower(SHA256.HashData(signBytes)));
        Assert.True(key.PublicKey.Verify(signBytes, signature), name);
    }
}
