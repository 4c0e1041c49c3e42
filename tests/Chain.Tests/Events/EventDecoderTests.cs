using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Chain.Events;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Events;

public sealed class EventDecoderTests
{
    public static TheoryData<int, string> Events => VectorFile.Rows("events");

    [Theory]
    [MemberData(nameof(Events))]
    public void Decode_Vector_GivesItsEvent(int position, string name)
    {
        var entry = VectorFile.Entry("events", position);
        var value = entry.At("decoded.value");

        var decoded = EventDecoder.Decode(Source(entry.At("abci_event")));

        Assert.Equal(Expected(entry.Text("decoded.type"), value), decoded);
        Assert.NotNull(decoded);
        Assert.True(name.Length > 0);
    }

    [Fact]
    public void Decode_UnknownTypes_AreNull()
    {
        Assert.Null(EventDecoder.Decode(new ChainEvent("coin_spent", [new("amount", "6250uakt")])));
        Assert.Null(EventDecoder.Decode(new ChainEvent("akash.market.v9.EventSomethingNew", [])));
    }

    [Theory]
    [InlineData("id", "not json")]
    [InlineData("id", "null")]
    [InlineData("id", "[]")]
    [InlineData("id", "\"text\"")]
    [InlineData("id", "{}")]
    [InlineData("id", """{"owner":"akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9","dseq":"18446744073709551616","gseq":1,"oseq":2}""")]
    [InlineData("id", """{"owner":"akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9","dseq":"-1","gseq":1,"oseq":2}""")]
    [InlineData("id", """{"owner":"akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9","dseq":"1","gseq":4294967296,"oseq":2}""")]
    [InlineData("id", """{"owner":"akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9","dseq":"1","gseq":"1","oseq":2}""")]
    [InlineData("id", """{"owner":"somebody","dseq":"1","gseq":1,"oseq":2}""")]
    [InlineData("id", """{"owner":{"a":{"b":{"c":{"d":1}}}}}""")]
    [InlineData("other", "{}")]
    public void Decode_MalformedAttribute_IsRefusedAndNothingElse(string key, string value) =>
        Assert.Throws<MalformedWireException>(() => EventDecoder.Decode(new ChainEvent("akash.market.v1.EventOrderCreated", [new(key, value)])));

    [Fact]
    public void Decode_HugeAttribute_IsRefused() =>
        Assert.Throws<MalformedWireException>(() => EventDecoder.Decode(new ChainEvent("akash.market.v1.EventOrderCreated", [new("id", "\"" + new string('x', 100_000) + "\"")])));

    [Theory]
    [InlineData("\"AAAA\"")]
    [InlineData("\"not base64\"")]
    [InlineData("5")]
    public void Decode_BadHash_IsRefused(string hash)
    {
        var id = """{"owner":"akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9","dseq":"1"}""";
        Assert.Throws<MalformedWireException>(() => EventDecoder.Decode(new ChainEvent("akash.deployment.v1.EventDeploymentUpdated", [new("hash", hash), new("id", id)])));
    }

    [Fact]
    public void Decode_ReasonOfAnUpgrade_IsUnknownNotAFault()
    {
        var source = Source(VectorFile.Entries("events").First(entry => entry.Text("name") == "lease closed by owner").At("abci_event"));
        var changed = source with { Attributes = [.. source.Attributes.Select(item => item.Key == "reason" ? new ChainEventAttribute("reason", "\"lease_closed_new\"") : item)] };

        Assert.Equal(LeaseCloseReason.Unknown, Assert.IsType<MarketEvent.LeaseClosed>(EventDecoder.Decode(changed)).Reason);
    }

    [Fact]
    public void Decode_AnyDamagedVector_ThrowsOnlyTheDeclaredException()
    {
        var sources = VectorFile.Entries("events").Select(entry => Source(entry.At("abci_event"))).ToArray();
        Prop.ForAll<byte, byte, int>((which, attribute, at) =>
        {
            var source = sources[which % sources.Length];
            var target = source.Attributes[attribute % source.Attributes.Count];
            var text = target.Value.ToCharArray();
            text[(int)((uint)at % (uint)text.Length)] = (char)((at >> 5) & 0x7f);
            var damaged = source with { Attributes = [.. source.Attributes.Select(item => item == target ? item with { Value = new string(text) } : item)] };
            try
            {
                EventDecoder.Decode(damaged);
                return true;
            }
            catch (MalformedWireException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    private static ChainEvent Source(JsonNode json) => new(
        json.Text("type"), [.. json.At("attributes").AsArray().Select(attribute => new ChainEventAttribute(attribute!.Text("key"), attribute!.Text("value")))]);

    private static MarketEvent Expected(string type, JsonNode value)
    {
        var name = type[(type.LastIndexOf('.') + 1)..];
        OrderId Order() => new(Address("id.owner"), ulong.Parse(value.Text("id.dseq")), Number("id.gseq"), Number("id.oseq"));
        BidId Bid() => new(Order(), Address("id.provider"));
        DeploymentId Deployment() => new(Address("id.owner"), ulong.Parse(value.Text("id.dseq")));
        GroupId Group() => new(Address("id.owner"), ulong.Parse(value.Text("id.dseq")), Number("id.gseq"));
        AccountAddress Address(string path) => AccountAddress.Parse(value.Text(path));
        uint Number(string path) => value.At(path).GetValue<uint>();
        Rate Price() => Rate.PerTick(Decimal18.Parse(value.Text("price.amount")), Denom.Parse(value.Text("price.denom")));
        ManifestHash Hash() => ManifestHash.TryCreate(Convert.FromBase64String(value.Text("hash")), out var hash) ? hash : default;
        LeaseCloseReason Reason() => value.Text("reason") switch
        {
            "lease_closed_owner" => LeaseCloseReason.Owner,
            "lease_closed_reason_unstable" => LeaseCloseReason.Unstable,
            "lease_closed_reason_decommission" => LeaseCloseReason.Decommission,
            "lease_closed_reason_insufficient_funds" => LeaseCloseReason.InsufficientFunds,
            var other => throw new InvalidDataException(other),
        };
        return name switch
        {
            "EventOrderCreated" => new MarketEvent.OrderCreated(Order()),
            "EventOrderClosed" => new MarketEvent.OrderClosed(Order()),
            "EventBidCreated" => new MarketEvent.BidCreated(Bid(), Price()),
            "EventBidClosed" => new MarketEvent.BidClosed(Bid()),
            "EventLeaseCreated" => new MarketEvent.LeaseCreated(Bid().Lease, Price()),
            "EventLeaseClosed" => new MarketEvent.LeaseClosed(Bid().Lease, Reason()),
            "EventLeaseReclaimStarted" => new MarketEvent.LeaseReclaimStarted(Bid().Lease, Reason(), DateTimeOffset.FromUnixTimeSeconds(long.Parse(value.Text("deadline")))),
            "EventDeploymentCreated" => new MarketEvent.DeploymentCreated(Deployment(), Hash()),
            "EventDeploymentUpdated" => new MarketEvent.DeploymentUpdated(Deployment(), Hash()),
            "EventDeploymentClosed" => new MarketEvent.DeploymentClosed(Deployment()),
            "EventGroupStarted" => new MarketEvent.GroupStarted(Group()),
            "EventGroupPaused" => new MarketEvent.GroupPaused(Group()),
            "EventGroupClosed" => new MarketEvent.GroupClosed(Group()),
            "EventProviderCreated" or "EventProviderUpdated" => new MarketEvent.ProviderChanged(Address("owner")),
            "EventTrustedAuditorCreated" or "EventTrustedAuditorDeleted" => new MarketEvent.AuditChanged(Address("owner"), Address("auditor")),
            _ => throw new InvalidDataException(type),
        };
    }
}
