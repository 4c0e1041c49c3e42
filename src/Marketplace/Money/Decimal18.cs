using System.Globalization;
using System.Numerics;

namespace ProviderAgent.Marketplace;

/// <summary>A decimal number with exactly 18 fraction digits: the market's own precision for prices, so nothing is rounded on the way in or out.</summary>
/// <remarks>Bounded to 315 bits of <see cref="Atomics"/>, the bound of the chain's decimals: hostile input cannot grow without limit.</remarks>
public readonly struct Decimal18 : IEquatable<Decimal18>, IComparable<Decimal18>
{
    /// <summary>Fraction digits.</summary>
    public const int Digits = 18;

    private const int MaxBits = 315;

    // 315 bits are at most 95 decimal digits; sign, point and a leading zero come on top.
    private const int MaxTextLength = 100;

    private static readonly BigInteger One18 = BigInteger.Pow(10, Digits);

    private Decimal18(BigInteger atomics) =>
        Atomics = atomics.GetBitLength() <= MaxBits ? atomics : throw new OverflowException("the number is outside the market's range of decimals");

    public static Decimal18 Zero => default;

    public static Decimal18 One => new(One18);

    /// <summary>The value times 10^18, exact.</summary>
    public BigInteger Atomics { get; }

    public int Sign => Atomics.Sign;

    /// <exception cref="OverflowException">More than 315 bits.</exception>
    public static Decimal18 FromAtomics(BigInteger atomics) => new(atomics);

    public static Decimal18 FromInteger(BigInteger value) => new(value * One18);

    /// <summary>Reads <c>-12.5</c>: optional minus, digits, optionally a point and 1 to 18 digits. No exponent, no blanks.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Decimal18 value)
    {
        value = default;
        if (text.Length is 0 or > MaxTextLength) return false;
        var negative = text[0] == '-';
        if (negative) text = text[1..];
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty || fraction.Length > Digits || (point >= 0 && fraction.IsEmpty)) return false;

        Span<char> digits = stackalloc char[MaxTextLength + Digits];
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);
        digits.Slice(whole.Length + fraction.Length, Digits - fraction.Length).Fill('0');
        if (!BigInteger.TryParse(digits[..(whole.Length + Digits)], NumberStyles.None, CultureInfo.InvariantCulture, out var atomics)
            || atomics.GetBitLength() > MaxBits) return false;
        value = new(negative ? -atomics : atomics);
        return true;
    }

    /// <exception cref="FormatException">The text is not a plain decimal number with at most 18 fraction digits.</exception>
    public static Decimal18 Parse(string text) => IdText.Parsed(TryParse(text, out var value), value, "decimal number with at most 18 fraction digits", text);

    /// <summary>The largest whole number not above this one.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Atomics, One18, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Rounds to <paramref name="digits"/> (0 to 18) fraction digits.</summary>
    public Decimal18 Round(int digits, MidpointRounding mode)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)digits, (uint)Digits);
        var step = BigInteger.Pow(10, Digits - digits);
        return new(DivideRounded(Atomics, step, mode) * step);
    }

    /// <summary>The quotient at 18 digits, rounded as <paramref name="mode"/> says.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Decimal18 Divide(Decimal18 dividend, Decimal18 divisor, MidpointRounding mode) =>
        new(DivideRounded(dividend.Atomics * One18, divisor.Atomics, mode));

    /// <summary>The product at 18 digits, rounded as <paramref name="mode"/> says.</summary>
    public static Decimal18 Multiply(Decimal18 left, Decimal18 right, MidpointRounding mode) =>
        new(DivideRounded(left.Atomics * right.Atomics, One18, mode));

    public static Decimal18 operator +(Decimal18 left, Decimal18 right) => new(left.Atomics + right.Atomics);

    public static Decimal18 operator -(Decimal18 left, Decimal18 right) => new(left.Atomics - right.Atomics);

    public static Decimal18 operator -(Decimal18 value) => new(-value.Atomics);

    /// <summary>Exact: no rounding takes place.</summary>
    public static Decimal18 operator *(Decimal18 left, long right) => new(left.Atomics * right);

    /// <summary>Rounded half to even, as the chain multiplies.</summary>
    public static Decimal18 operator *(Decimal18 left, Decimal18 right) => Multiply(left, right, MidpointRounding.ToEven);

    /// <summary>Rounded half to even, as the chain divides.</summary>
    public static Decimal18 operator /(Decimal18 left, Decimal18 right) => Divide(left, right, MidpointRounding.ToEven);

    public static bool operator ==(Decimal18 left, Decimal18 right) => left.Equals(right);

    public static bool operator !=(Decimal18 left, Decimal18 right) => !left.Equals(right);

    public static bool operator <(Decimal18 left, Decimal18 right) => left.CompareTo(right) < 0;

    public static bool operator >(Decimal18 left, Decimal18 right) => left.CompareTo(right) > 0;

    public static bool operator <=(Decimal18 left, Decimal18 right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Decimal18 left, Decimal18 right) => left.CompareTo(right) >= 0;

    public static Decimal18 Min(Decimal18 left, Decimal18 right) => left <= right ? left : right;

    public bool Equals(Decimal18 other) => Atomics.Equals(other.Atomics);

    public override bool Equals(object? obj) => obj is Decimal18 other && Equals(other);

    public override int GetHashCode() => Atomics.GetHashCode();

    public int CompareTo(Decimal18 other) => Atomics.CompareTo(other.Atomics);

    /// <summary>Shortest exact text, for example <c>5.931488</c>.</summary>
    public override string ToString()
    {
        var text = ToFixedString();
        return text.TrimEnd('0').TrimEnd('.');
    }

    /// <summary>The text with all 18 fraction digits, as the market's JSON writes it.</summary>
    public string ToFixedString()
    {
        var whole = BigInteger.DivRem(BigInteger.Abs(Atomics), One18, out var fraction);
        return string.Create(CultureInfo.InvariantCulture, $"{(Sign < 0 ? "-" : "")}{whole}.{fraction.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0')}");
    }

    private static BigInteger DivideRounded(BigInteger dividend, BigInteger divisor, MidpointRounding mode)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        if (rest.IsZero) return quotient;
        var sign = dividend.Sign * divisor.Sign;
        var half = (BigInteger.Abs(rest) * 2).CompareTo(BigInteger.Abs(divisor)); // -1 below, 0 at, 1 above the middle
        var awayFromZero = mode switch
        {
            MidpointRounding.ToZero => false,
            MidpointRounding.ToEven => half > 0 || (half == 0 && !quotient.IsEven),
            MidpointRounding.AwayFromZero => half >= 0,
            MidpointRounding.ToNegativeInfinity => sign < 0,
            MidpointRounding.ToPositiveInfinity => sign > 0,
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
        return awayFromZero ? quotient + sign : quotient;
    }
}
