using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Vectors;

/// <summary>Builds a message from the JSON form that the vectors use, by reflection over our own .proto files.</summary>
internal static class VectorMessage
{
    private static readonly HashSet<string> Decimals = ["cosmos.base.v1beta1.DecCoin.amount", "akash.escrow.types.v1.Balance.amount"];

    private static readonly Dictionary<string, MessageDescriptor> Types = typeof(Wire.Base.Coin).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IMessage)) && !type.IsAbstract)
        .Select(type => (MessageDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
        .ToDictionary(descriptor => descriptor.FullName);

    public static MessageDescriptor Type(string fullName) => Types[fullName.TrimStart('/')];

    public static IMessage Build(string fullName, JsonNode value) => Build(Type(fullName), value);

    public static IMessage Parse(string fullName, byte[] bytes) => Type(fullName).Parser.ParseFrom(bytes);

    private static IMessage Build(MessageDescriptor type, JsonNode value)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var (name, node) in value.AsObject())
        {
            if (node is null) continue;
            var field = type.Fields.InDeclarationOrder().Single(field => field.JsonName == name);
            if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                foreach (var item in node.AsArray()) list.Add(Value(field, item!));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, node));
            }
        }

        return message;
    }

    private static object Value(FieldDescriptor field, JsonNode node) => field.FieldType switch
    {
        FieldType.Message when field.MessageType.FullName == "google.protobuf.Duration" => new Google.Protobuf.WellKnownTypes.Duration
        {
            Seconds = long.Parse(node["seconds"]!.ToString(), CultureInfo.InvariantCulture),
            Nanos = int.Parse(node["nanos"]!.ToString(), CultureInfo.InvariantCulture),
        },
        FieldType.Message when field.MessageType.FullName == "google.protobuf.Any" => new Google.Protobuf.WellKnownTypes.Any
        {
            TypeUrl = (node["typeUrl"] ?? node["type_url"])!.ToString(),
            Value = Bytes(node["value"]!),
        },
        FieldType.Message => Build(field.MessageType, node),
        FieldType.String when Decimals.Contains(field.FullName) => LegacyDec.Format(Decimal18.Parse(node.ToString())),
        FieldType.String => node.ToString(),
        FieldType.Bytes => Bytes(node),
        FieldType.Enum => int.Parse(node.ToString(), CultureInfo.InvariantCulture),
        FieldType.UInt32 => uint.Parse(node.ToString(), CultureInfo.InvariantCulture),
        FieldType.Int32 => int.Parse(node.ToString(), CultureInfo.InvariantCulture),
        FieldType.UInt64 => ulong.Parse(node.ToString(), CultureInfo.InvariantCulture),
        FieldType.Int64 => long.Parse(node.ToString(), CultureInfo.InvariantCulture),
        FieldType.Bool => node.GetValue<bool>(),
        _ => throw new NotSupportedException($"{field.FullName} is a {field.FieldType}"),
    };

    private static ByteString Bytes(JsonNode node) => ByteString.FromBase64(node["$base64"]!.GetValue<string>());
}
