using Google.Protobuf;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Reads protobuf fields off raw bytes, one after the other, without copying.</summary>
internal ref struct WireCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The next field; <paramref name="content"/> is empty unless it is length-delimited. False when the bytes are malformed.</summary>
    public bool TryField(out int number, out WireFormat.WireType wireType, out ReadOnlySpan<byte> content)
    {
        content = [];
        (number, wireType) = (0, default);
        if (!TryVarint(out var tag, out _) || tag > uint.MaxValue || tag >> 3 == 0) return false;
        number = (int)(tag >> 3);
        wireType = (WireFormat.WireType)(tag & 7);
        switch (wireType)
        {
            case WireFormat.WireType.Varint:
                return TryVarint(out _, out _);
            case WireFormat.WireType.Fixed64:
                return TrySkip(8);
            case WireFormat.WireType.Fixed32:
                return TrySkip(4);
            case WireFormat.WireType.LengthDelimited:
                if (!TryVarint(out var length, out _) || length > (ulong)_rest.Length) return false;
                content = _rest[..(int)length];
                return TrySkip((int)length);
            default:
                return false; // groups have no place here
        }
    }

    /// <summary>A varint, and whether it was written in the fewest bytes possible.</summary>
    public bool TryVarint(out ulong value, out bool isShortest)
    {
        (value, isShortest) = (0, true);
        for (var i = 0; i < 10 && i < _rest.Length; i++)
        {
            var part = _rest[i];
            if (i == 9 && part > 1) return false;
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part >= 0x80) continue;
            isShortest = i == 0 || part != 0;
            _rest = _rest[(i + 1)..];
            return true;
        }

        return false;
    }

    public bool TrySkip(int count)
    {
        if (count > _rest.Length) return false;
        _rest = _rest[count..];
        return true;
    }
}
