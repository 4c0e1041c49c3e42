using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Chain.Tests.Keys;

public sealed class Secp256k1PublicKeyTests
{
    private static readonly byte[] Message = "a message"u8.ToArray();

    [Fact]
    public void Verify_HighS_IsRefused()
    {
        using var key = CreateKey();
        var signature = key.SignDigest(SHA256.HashData(Message));
        var high = signature.ToArray();
        Secp256k1.Write(Secp256k1.Order - Secp256k1.Read(signature.AsSpan(32)), high.AsSpan(32));

        Assert.True(key.PublicKey.Verify(Message, signature));
        Assert.False(key.PublicKey.Verify(Message, high));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(72)]
    public void Verify_OtherLength_IsRefused(int length)
    {
        using var key = CreateKey();
        var signature = key.SignDigest(SHA256.HashData(Message));
        Array.Resize(ref signature, length);

        Assert.False(key.PublicKey.Verify(Message, signature));
    }

    [Fact]
    public void Verify_ZeroOrOverflowingHalves_IsRefused()
    {
        using var key = CreateKey();
        var signature = key.SignDigest(SHA256.HashData(Message));
        var zeroR = signature.ToArray();
        zeroR.AsSpan(0, 32).Clear();
        var zeroS = signature.ToArray();
        zeroS.AsSpan(32).Clear();
        var bigR = signature.ToArray();
        bigR.AsSpan(0, 32).Fill(0xff);

        Assert.All([zeroR, zeroS, bigR], bad => Assert.False(key.PublicKey.Verify(Message, bad)));
    }

    [Fact]
    public void Verify_AnyFlippedBit_IsRefused()
    {
        using var key = CreateKey();
        var digest = SHA256.HashData(Message);
        var signature = key.SignDigest(digest);

        Prop.ForAll<byte>(at =>
        {
            var changed = signature.ToArray();
            changed[at % 64] ^= (byte)(1 << (at % 8));
            return !key.PublicKey.VerifyDigest(digest, changed);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SignDigest_AnyKeyAndDigest_VerifiesAndIsLowS()
    {
        Prop.ForAll<NonNull<byte[]>, NonNull<byte[]>>((seed, text) =>
        {
            using var key = ChainKey.FromBytes(SHA256.HashData(seed.Get));
            var digest = SHA256.HashData(text.Get);
            var signature = key.SignDigest(digest);
            return key.PublicKey.VerifyDigest(digest, signature)
                && signature.AsSpan().SequenceEqual(key.SignDigest(digest))
                && Secp256k1.Read(signature.AsSpan(32)) <= Secp256k1.HalfOrder;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("04")]
    [InlineData("040000000000000000000000000000000000000000000000000000000000000001")] // uncompressed marker
    [InlineData("020000000000000000000000000000000000000000000000000000000000000005")] // no point has this X
    [InlineData("02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")] // X is the field's prime
    [InlineData("02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void TryParse_NoPoint_IsRefused(string hex)
    {
        Assert.False(Secp256k1PublicKey.TryParse(Convert.FromHexString(hex), out var key));
        Assert.Null(key);
    }

    [Fact]
    public void FromBytes_OutsideTheRange_IsRefused()
    {
        Assert.Throws<KeyException>(() => ChainKey.FromBytes(new byte[32]));
        Assert.Throws<KeyException>(() => ChainKey.FromBytes(new byte[31]));
        Assert.Throws<KeyException>(() => ChainKey.FromBytes(Secp256k1.Write(Secp256k1.Order)));
        using var last = ChainKey.FromBytes(Secp256k1.Write(Secp256k1.Order - 1));
        Assert.StartsWith("0379be667e", last.PublicKey.ToString()); // minus the generator
    }

    [Fact]
    public void Dispose_Key_SignsNoMore()
    {
        var key = CreateKey();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.SignDigest(new byte[32]));
    }

    private static ChainKey CreateKey() => ChainKey.FromBytes(SHA256.HashData("a test key"u8));
}
