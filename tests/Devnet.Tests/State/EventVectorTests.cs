using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.State;
using ProviderAgent.Marketplace;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Tests.State;

/// <summary>Events as the golden data shows them, attribute for attribute.</summary>
public sealed class EventVectorTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var vector in Vectors().Where(vector => !vector["name"]!.GetValue<string>().StartsWith("trusted auditor", StringComparison.Ordinal)))
        {
            names.Add(vector["name"]!.GetValue<string>());
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Event_OfTheSameFacts_IsEqual(string name)
    {
        var vector = Vectors().Single(vector => vector["name"]!.GetValue<string>() == name);
        var wanted = vector["abci_event"]!;
        var index = int.Parse(wanted["attributes"]!.AsArray()[^1]!["value"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

        var made = Make(vector["decoded"]!["type"]!.GetValue<string>(), vector["decoded"]!["value"]!).OfMessage(index);

        Assert.Equal(wanted["type"]!.GetValue<string>(), made.Type);
        Assert.Equal(
            wanted["attributes"]!.AsArray().Select(attribute => (attribute!["key"]!.GetValue<string>(), attribute["value"]!.GetValue<string>())),
            made.Attributes.Select(attribute => (attribute.Key, attribute.Value)));
    }

    private static ChainEvent Make(string type, JsonNode value) => type[(type.LastIndexOf('.') + 1)..] switch
    {
        "EventOrderCreated" => TypedEvents.OrderCreated(Order(value["id"]!)),
        "EventOrderClosed" => TypedEvents.OrderClosed(Order(value["id"]!)),
        "EventBidCreated" => TypedEvents.BidCreated(Bid(value["id"]!), Price(value["price"]!)),
        "EventBidClosed" => TypedEvents.BidClosed(Bid(value["id"]!)),
        "EventLeaseCreated" => TypedEvents.LeaseCreated(Bid(value["id"]!).Lease, Price(value["price"]!)),
        "EventLeaseClosed" => TypedEvents.LeaseClosed(Bid(value["id"]!).Lease, Reason(value["reason"]!)),
        "EventLeaseReclaimStarted" => TypedEvents.LeaseReclaimStarted(Bid(value["id"]!).Lease, Reason(value["reason"]!), Long(value["deadline"]!)),
        "EventDeploymentCreated" => TypedEvents.DeploymentCreated(Group(value["id"]!).Deployment, Bytes(value["hash"]!)),
        "EventDeploymentUpdated" => TypedEvents.DeploymentUpdated(Group(value["id"]!).Deployment, Bytes(value["hash"]!)),
        "EventDeploymentClosed" => TypedEvents.DeploymentClosed(Group(value["id"]!).Deployment),
        "EventGroupStarted" => TypedEvents.GroupStarted(Group(value["id"]!)),
        "EventGroupPaused" => TypedEvents.GroupPaused(Group(value["id"]!)),
        "EventGroupClosed" => TypedEvents.GroupClosed(Group(value["id"]!)),
        "EventProviderCreated" => TypedEvents.ProviderCreated(AccountAddress.Parse(value["owner"]!.GetValue<string>())),
        "EventProviderUpdated" => TypedEvents.ProviderUpdated(AccountAddress.Parse(value["owner"]!.GetValue<string>())),
        var other => throw new InvalidDataException(other),
    };

    private static GroupId Group(JsonNode id) =>
        new(AccountAddress.Parse(id["owner"]!.GetValue<string>()), (ulong)Long(id["dseq"]!), (uint?)id["gseq"]?.GetValue<int>() ?? 0);

    private static OrderId Order(JsonNode id) => new(Group(id).Owner, Group(id).Dseq, Group(id).Gseq, (uint)id["oseq"]!.GetValue<int>());

    private static BidId Bid(JsonNode id) => new(Order(id), AccountAddress.Parse(id["provider"]!.GetValue<string>()));

    private static ChainPrice Price(JsonNode price) => new(Decimal18.Parse(price["amount"]!.GetValue<string>()), Denom.Parse(price["denom"]!.GetValue<string>()));

    private static WireReason Reason(JsonNode reason) => (WireReason)(reason.GetValueKind() == JsonValueKind.Number
        ? reason.GetValue<int>()
        : Devnet.Wires.WireEnums.NumberOf(Devnet.Wires.WireEnums.LeaseClosedReasons, reason.GetValue<string>()));

    private static long Long(JsonNode number) => long.Parse(number.ToString(), System.Globalization.CultureInfo.InvariantCulture);

    private static ByteString Bytes(JsonNode bytes) => ByteString.FromBase64(bytes.GetValue<string>());

    private static IEnumerable<JsonNode> Vectors() => Repository.VectorJson("chain/events.json")["vectors"]!.AsArray().Select(node => node!);
}
