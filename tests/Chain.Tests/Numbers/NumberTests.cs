using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Numbers;

public sealed class NumberTests
{
    private static readonly Denom Uact = Denom.Parse("uact");

    public static TheoryData<int, string> Decimals => VectorFile.Rows("decimals", "legacy_dec");

    public static TheoryData<int, string> Coins => VectorFile.Rows("decimals", "coin");

    public static TheoryData<int, string> Quantities => VectorFile.Rows("decimals", "resource_value");

    [Theory]
    [MemberData(nameof(Decimals))]
    public void LegacyDec_Vector_BothWays(int position, string text)
    {
        var entry = VectorFile.Entry("decimals", position, "legacy_dec");
        var value = Decimal18.Parse(text);

        Assert.Equal(entry.Text("wire_string"), LegacyDec.Format(value));
        Assert.Equal(value, LegacyDec.Parse(entry.Text("wire_string")));
        Assert.Equal(entry.Hex("dec_coin_uact_protobuf.hex"), WireCoins.ToWire(Rate.PerTick(value, Uact)).ToByteArray());
        Assert.Equal(Rate.PerTick(value, Uact), WireCoins.ToRate(Wire.Base.DecCoin.Parser.ParseFrom(entry.Hex("dec_coin_uact_protobuf.hex")), "price"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1.5")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1e9")]
    [InlineData("0x10")]
    [InlineData("--1")]
    [InlineData("١")]
    public void LegacyDec_Malformed_IsRefused(string wire)
    {
        Assert.False(LegacyDec.TryParse(wire, out _));
        Assert.Throws<MalformedWireException>(() => LegacyDec.Parse(wire));
    }

    [Fact]
    public void LegacyDec_Beyond315Bits_IsRefused()
    {
        var largest = (System.Numerics.BigInteger.One << 315) - 1;

        Assert.True(LegacyDec.TryParse(largest.ToString(), out var value));
        Assert.Equal(largest, value.Atomics);
        Assert.False(LegacyDec.TryParse((largest + 1).ToString(), out _));
        Assert.False(LegacyDec.TryParse(new string('9', 1_000_000), out _));
    }

    [Theory]
    [MemberData(nameof(Coins))]
    public void Coin_Vector_BothWaysOrRefused(int position, string text)
    {
        var entry = VectorFile.Entry("decimals", position, "coin");
        var wire = Wire.Base.Coin.Parser.ParseFrom(entry.Hex("protobuf.hex"));
        Assert.Equal(entry.Text("amount"), wire.Amount);

        if (long.TryParse(wire.Amount, out var amount))
        {
            var coin = WireCoins.ToCoin(wire, "deposit");
            Assert.Equal(new Coin(amount, Denom.Parse(entry.Text("denom"))), coin);
            Assert.Equal(entry.Hex("protobuf.hex"), WireCoins.ToWire(coin).ToByteArray());
        }
        else
        {
            Assert.Throws<MalformedWireException>(() => WireCoins.ToCoin(wire, text));
        }
    }

    [Theory]
    [MemberData(nameof(Quantities))]
    public void Quantity_Vector_BothWays(int position, string text)
    {
        var entry = VectorFile.Entry("decimals", position, "resource_value");
        var wire = Wire.Resource.ResourceValue.Parser.ParseFrom(entry.Hex("protobuf_hex"));

        Assert.Equal(entry.Hex("val_bytes_hex"), wire.Val.ToByteArray());
        Assert.Equal(long.Parse(text), WireInteger.ParseQuantity(wire.Val, "memory"));
        Assert.Equal(wire.Val, WireInteger.FormatBytes(long.Parse(text)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("1 000")]
    [InlineData("+5")]
    [InlineData("1.0")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999999999999999999999999999")]
    public void Quantity_HostileText_IsRefused(string text)
    {
        Assert.Throws<MalformedWireException>(() => WireInteger.ParseQuantity(ByteString.CopyFromUtf8(text), "memory"));
        Assert.Throws<MalformedWireException>(() => WireInteger.ParseQuantity(null, "memory"));
    }

    [Fact]
    public void Quantity_BytesThatAreNoText_AreRefused() =>
        Assert.Throws<MalformedWireException>(() => WireInteger.ParseQuantity(ByteString.CopyFrom(0x31, 0xff, 0x00), "memory"));

    [Fact]
    public void Duration_BothWaysAndBounds()
    {
        Assert.Null(WireTime.ToSpan(null, "window"));
        Assert.Equal(TimeSpan.FromDays(7), WireTime.ToSpan(WireTime.ToWire(TimeSpan.FromDays(7)), "window"));
        Assert.Equal(TimeSpan.FromTicks(1), WireTime.ToSpan(new Duration { Nanos = 199 }, "window"));
        Assert.All(
            [new Duration { Seconds = -1 }, new Duration { Nanos = -1 }, new Duration { Nanos = 1_000_000_000 }, new Duration { Seconds = long.MaxValue }],
            bad => Assert.Throws<MalformedWireException>(() => WireTime.ToSpan(bad, "window")));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Moment_OutOfRange_IsRefused(long seconds) => Assert.Throws<MalformedWireException>(() => WireTime.ToMoment(seconds, "deadline"));

    [Fact]
    public void ToWire_RateOfAnotherTimeBase_IsRefused() =>
        Assert.Throws<ArgumentException>(() => WireCoins.ToWire(new Rate(Decimal18.One, Uact, TimeBase.Month)));

    [Fact]
    public void ToCoin_MissingOrBadUnit_IsRefused()
    {
        Assert.Throws<MalformedWireException>(() => WireCoins.ToCoin(null, "deposit"));
        Assert.Throws<MalformedWireException>(() => WireCoins.ToCoin(new() { Denom = "u", Amount = "1" }, "deposit"));
        Assert.Throws<MalformedWireException>(() => WireCoins.ToRate(new() { Denom = "", Amount = "1" }, "price"));
    }

    [Fact]
    public void Shorten_ForeignText_IsCutAndHasNoControlCharacters()
    {
        var text = WireText.Shorten("a\nb\u0000" + new string('x', 1000));

        Assert.Equal(121, text.Length);
        Assert.StartsWith("a b x", text);
    }
}
