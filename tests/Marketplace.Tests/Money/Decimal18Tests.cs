using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Marketplace.Tests.Money;

public sealed class Decimal18Tests
{
    public static TheoryData<string, string> GoldenDecimals()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in Repository.VectorJson("chain/decimals.json")["legacy_dec"]!.AsArray())
        {
            data.Add((string)row!["decimal"]!, (string)row["wire_string"]!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(GoldenDecimals))]
    public void Parse_GoldenDecimal_HasTheAtomicsOfTheWire(string text, string atomics)
    {
        var value = Decimal18.Parse(text);

        Assert.Equal(BigInteger.Parse(atomics), value.Atomics);
        Assert.Equal(text, value.ToString());
        Assert.Equal(value, Decimal18.Parse(value.ToFixedString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("--1")]
    [InlineData("1.0000000000000000001")]
    [InlineData("١")]
    public void TryParse_NotAPlainDecimal_IsRefused(string text) => Assert.False(Decimal18.TryParse(text, out _));

    [Fact]
    public void TryParse_MoreThanTheChainCanHold_IsRefusedNotWrapped()
    {
        Assert.False(Decimal18.TryParse(new string('9', 90), out _));
        Assert.False(Decimal18.TryParse(new string('9', 100_000), out _));
        Assert.Throws<OverflowException>(() => Decimal18.FromAtomics(BigInteger.One << 315));
        Assert.Equal(315, Decimal18.FromAtomics((BigInteger.One << 315) - 1).Atomics.GetBitLength());
    }

    [Theory]
    [InlineData("2.5", 0, MidpointRounding.ToEven, "2")]
    [InlineData("3.5", 0, MidpointRounding.ToEven, "4")]
    [InlineData("-2.5", 0, MidpointRounding.ToEven, "-2")]
    [InlineData("2.5", 0, MidpointRounding.AwayFromZero, "3")]
    [InlineData("-2.5", 0, MidpointRounding.AwayFromZero, "-3")]
    [InlineData("2.9", 0, MidpointRounding.ToZero, "2")]
    [InlineData("-2.9", 0, MidpointRounding.ToZero, "-2")]
    [InlineData("-2.1", 0, MidpointRounding.ToNegativeInfinity, "-3")]
    [InlineData("2.1", 0, MidpointRounding.ToPositiveInfinity, "3")]
    [InlineData("5.9314884", 6, MidpointRounding.ToEven, "5.931488")]
    [InlineData("5.9314885", 6, MidpointRounding.ToEven, "5.931488")]
    [InlineData("5.9314886", 6, MidpointRounding.ToEven, "5.931489")]
    public void Round_ToDigits_FollowsTheMode(string value, int digits, MidpointRounding mode, string expected) =>
        Assert.Equal(expected, Decimal18.Parse(value).Round(digits, mode).ToString());

    [Theory]
    [InlineData("5.931488", 590, 3499)]
    [InlineData("5.931488", 1, 5)]
    [InlineData("-0.5", 1, -1)]
    public void Floor_OfAProduct_DropsTheFractionDownwards(string rate, long ticks, long expected) =>
        Assert.Equal(expected, (Decimal18.Parse(rate) * ticks).Floor());

    [Fact]
    public void Divide_ByZero_Throws() => Assert.Throws<DivideByZeroException>(() => Decimal18.One / Decimal18.Zero);

    [Fact]
    public void TextForm_OfAnyValue_ReadsBackTheSame() =>
        Prop.ForAll<BigInteger>(atomics => Decimal18.Parse(Decimal18.FromAtomics(atomics).ToString()).Atomics == atomics).QuickCheckThrowOnFailure();

    [Fact]
    public void Round_OfAnyValue_StaysWithinHalfAStep() =>
        Prop.ForAll<BigInteger>(atomics =>
        {
            var value = Decimal18.FromAtomics(atomics);
            var distance = (value.Round(12, MidpointRounding.ToEven) - value).Atomics;
            return BigInteger.Abs(distance) * 2 <= BigInteger.Pow(10, 6);
        }).QuickCheckThrowOnFailure();
}
