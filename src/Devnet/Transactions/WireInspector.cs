using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Wires;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Walks the raw bytes of a message before they are parsed and finds what a node refuses.</summary>
/// <remarks>Unknown fields at any depth, text that is not UTF-8, numbers that are none: parsing would silently keep or mend all of these.</remarks>
internal sealed class WireInspector(MessageCatalog catalog)
{
    // Deeper than any message of the chain, far from the stack's end.
    private const int MaxDepth = 32;

    // A field number with this bit set may be ignored by nodes that do not know it, directly in the transaction's body only.
    private const int NonCriticalBit = 1 << 10;

    private const string AnyName = "google.protobuf.Any";

    // Fields that came with node 2.1; an older node does not know them.
    private static readonly HashSet<(string Message, int Field)> Since21 =
    [
        ("akash.market.v1beta5.MsgCreateBid", 5),
        ("akash.deployment.v1beta4.MsgCreateDeployment", 5),
    ];

    /// <summary>What is wrong, or null.</summary>
    public string? FindFault(ReadOnlySpan<byte> bytes, MessageDescriptor type) => FindFault(bytes, type, 0);

    private string? FindFault(ReadOnlySpan<byte> bytes, MessageDescriptor type, int depth)
    {
        if (depth > MaxDepth) return "message is nested too deeply";
        var input = new WireCursor(bytes);
        while (!input.IsAtEnd)
        {
            if (!input.TryField(out var number, out var wireType, out var content)) return "proto: malformed field";
            var field = type.FindFieldByNumber(number);
            if (field is null || (!catalog.HasReclamation && Since21.Contains((type.FullName, number))))
            {
                if (depth == 0 && type == Wire.Tx.TxBody.Descriptor && (number & NonCriticalBit) != 0) continue;
                return $"errUnknownField \"{type.FullName}\": {{TagNum: {number}, WireType:{(uint)wireType}}}";
            }

            var fault = FindFault(field, wireType, content, depth);
            if (fault is not null) return fault;
        }

        return Check(bytes, type, depth);
    }

    private string? FindFault(FieldDescriptor field, WireFormat.WireType wireType, ReadOnlySpan<byte> content, int depth)
    {
        var expected = WireTypeOf(field.FieldType);
        var isPacked = field.IsRepeated && wireType == WireFormat.WireType.LengthDelimited && expected != wireType;
        if (wireType != expected && !isPacked) return $"wire type mismatch in field {field.FullName}";
        if (field.FieldType == FieldType.String && !Utf8.IsValid(content)) return $"string field {field.FullName} contains invalid UTF-8";
        return field.FieldType == FieldType.Message ? FindFault(content, field.MessageType, depth + 1) : null;
    }

    /// <summary>Rules on whole messages: envelopes are opened, numbers and times must be such.</summary>
    private string? Check(ReadOnlySpan<byte> bytes, MessageDescriptor type, int depth) => type.FullName switch
    {
        AnyName => CheckAny(bytes, depth),
        "cosmos.base.v1beta1.Coin" => Parse(Wire.Base.Coin.Parser, bytes, coin => WireNumbers.TryInteger(coin.Amount, out _)),
        "cosmos.base.v1beta1.DecCoin" => Parse(Wire.Base.DecCoin.Parser, bytes, coin => WireNumbers.TryDecimal(coin.Amount, out _)),
        "akash.base.resources.v1beta4.ResourceValue" => Parse(Wire.Resource.ResourceValue.Parser, bytes, value => WireNumbers.TryInteger(value.Val, out _)),
        "google.protobuf.Duration" => Parse(Google.Protobuf.WellKnownTypes.Duration.Parser, bytes, WireTimes.IsValid),
        "google.protobuf.Timestamp" => Parse(Google.Protobuf.WellKnownTypes.Timestamp.Parser, bytes, WireTimes.IsValid),
        _ => null,
    };

    private string? CheckAny(ReadOnlySpan<byte> bytes, int depth)
    {
        var any = Google.Protobuf.WellKnownTypes.Any.Parser.ParseFrom(bytes);
        var type = any.TypeUrl == State.Rows.AccountRow.PublicKeyType ? Wire.Crypto.PubKey.Descriptor : catalog.Find(any.TypeUrl)?.Descriptor;
        return type is null ? $"unable to resolve type URL {any.TypeUrl}" : FindFault(any.Value.Span, type, depth + 1);
    }

    private static string? Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, Func<T, bool> isRight)
        where T : IMessage<T>
    {
        var message = parser.ParseFrom(bytes);
        return isRight(message) ? null : $"invalid value in {message.Descriptor.FullName}";
    }

    private static WireFormat.WireType WireTypeOf(FieldType type) => type switch
    {
        FieldType.String or FieldType.Bytes or FieldType.Message => WireFormat.WireType.LengthDelimited,
        FieldType.Fixed32 or FieldType.SFixed32 or FieldType.Float => WireFormat.WireType.Fixed32,
        FieldType.Fixed64 or FieldType.SFixed64 or FieldType.Double => WireFormat.WireType.Fixed64,
        _ => WireFormat.WireType.Varint,
    };
}
