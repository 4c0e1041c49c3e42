using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Tests.Vectors;
using WireGroupSpec = ProviderAgent.Chain.Wire.Deployment.V1Beta4.GroupSpec;
using WireOrder = ProviderAgent.Chain.Wire.Market.V1Beta5.Order;

namespace ProviderAgent.Chain.Tests.Mapping;

public sealed class WireMappingTests
{
    public static TheoryData<int, string> Messages => VectorFile.Rows("messages");

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_Vector_EncodesAndDecodesByteForByte(int position, string name)
    {
        var entry = VectorFile.Entry("messages", position);
        var bytes = entry.Hex("protobuf.hex");

        var built = VectorMessage.Build(entry.Text("type"), entry.At("value"));
        var parsed = VectorMessage.Parse(entry.Text("type"), bytes);

        Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(built.ToByteArray()));
        Assert.True(built.Equals(parsed), name);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_WithUnknownFields_IsStillRead(int position, string name)
    {
        var entry = VectorFile.Entry("messages", position);
        byte[] newer = [.. entry.Hex("protobuf.hex"), 0x9a, 0xf6, 0x03, 0x03, 1, 2, 3, 0xa0, 0xf6, 0x03, 0x05];

        var parsed = VectorMessage.Parse(entry.Text("type"), newer);

        Assert.True(VectorMessage.Build(entry.Text("type"), entry.At("value")).Equals(WithoutUnknown(parsed)), name);
    }

    [Fact]
    public void GroupSpec_VectorOrders_SurviveBothWays()
    {
        var seen = 0;
        foreach (var entry in VectorFile.Entries("messages").Where(entry => entry.Text("type") == "akash.market.v1beta5.Order"))
        {
            var wire = WireOrder.Parser.ParseFrom(entry.Hex("protobuf.hex"));
            var spec = WireGroups.ToSpec(wire.Spec);
            Assert.Equal(Convert.ToHexStringLower(wire.Spec.ToByteArray()), Convert.ToHexStringLower(WireGroups.ToWire(spec).ToByteArray()));
            Assert.Equal(wire.Id, WireIds.ToWire(WireIds.ToOrderId(wire.Id)));
            seen++;
        }

        Assert.Equal(2, seen);
    }

    [Fact]
    public void ToSpec_VectorOrder_HasItsValues()
    {
        var spec = WireGroups.ToSpec(CreateOrder().Spec);

        Assert.Equal("dcloud", spec.Name);
        Assert.Equal(2, spec.Units.Count);
        Assert.Equal(16_000, spec.Units[0].Resources.Cpu.Value);
        Assert.Equal(137_438_953_472, spec.Units[0].Resources.Memory.Bytes);
        Assert.Equal(1, spec.Units[0].Resources.Gpus);
        Assert.Equal("vendor/nvidia/model/*", spec.Units[0].Resources.GpuAttributes[0].Key);
        Assert.Equal("9500.25", spec.Units[0].PriceLimit.Amount.ToString());
        Assert.Single(spec.Requirements.SignedByAll);
        Assert.Equal(2, spec.Requirements.SignedByAny.Count);
        Assert.True(spec.Units[0].Resources.Storage[2].IsRam);
    }

    [Fact]
    public void ToSpec_HostileOrders_AreRefused()
    {
        Action<WireGroupSpec>[] attacks =
        [
            spec => spec.Resources.Clear(),
            spec => spec.Resources[0].Count = 0,
            spec => spec.Resources[0].Count = uint.MaxValue,
            spec => spec.Resources[0].Resource = null,
            spec => spec.Resources[0].Resource.Id = 0,
            spec => spec.Resources[0].Resource.Id = spec.Resources[1].Resource.Id,
            spec => spec.Resources[0].Resource.Cpu = null,
            spec => spec.Resources[0].Resource.Memory = null,
            spec => spec.Resources[0].Resource.Cpu.Units = null,
            spec => spec.Resources[0].Resource.Cpu.Units.Val = ByteString.CopyFromUtf8("18446744073709551615"),
            spec => spec.Resources[0].Resource.Memory.Quantity.Val = ByteString.CopyFromUtf8("-1"),
            spec => spec.Resources[0].Resource.Memory.Quantity.Val = ByteString.CopyFromUtf8(long.MaxValue.ToString()),
            spec => spec.Resources[0].Resource.Storage[0].Quantity = null,
            spec => spec.Resources[0].Resource.Storage[0].Quantity.Val = ByteString.CopyFromUtf8(long.MaxValue.ToString()),
            spec => spec.Resources[0].Resource.Gpu.Units.Val = ByteString.CopyFromUtf8("4294967296"),
            spec => (spec.Resources[0].Resource.Gpu.Units.Val, spec.Resources[0].Count) = (ByteString.CopyFromUtf8("2147483647"), 2),
            spec => (spec.Resources[0].Resource.Cpu.Units.Val, spec.Resources[0].Count) = (ByteString.CopyFromUtf8("9223372036854775807"), 2),
            spec => spec.Resources[0].Resource.Endpoints[0].Kind = (Wire.Resource.Endpoint.Types.Kind)7,
            spec => spec.Resources[0].Price = null,
            spec => spec.Resources[0].Price.Denom = "uakt",
            spec => spec.Resources[0].Price.Denom = "",
            spec => spec.Resources[0].Price.Amount = "-1",
            spec => spec.Resources[0].Price.Amount = "1.5",
            spec => (spec.Resources[0].Price.Amount, spec.Resources[0].Count) = (((System.Numerics.BigInteger.One << 315) - 1).ToString(), 2),
            spec => spec.Requirements.SignedBy.AllOf[0] = "nobody",
        ];
        Assert.All(attacks, attack =>
        {
            var spec = CreateOrder().Spec;
            attack(spec);
            Assert.Throws<MalformedWireException>(() => WireGroups.ToSpec(spec));
        });
        Assert.Throws<MalformedWireException>(() => WireGroups.ToSpec(null));
    }

    [Fact]
    public void ToSpec_NoGpuNoRequirements_MeansNone()
    {
        var wire = CreateOrder().Spec;
        wire.Resources[0].Resource.Gpu = null;
        wire.Requirements = null;

        var spec = WireGroups.ToSpec(wire);

        Assert.Equal(0, spec.Units[0].Resources.Gpus);
        Assert.Equal(Marketplace.PlacementRequirements.None, spec.Requirements);
    }

    [Fact]
    public void Ids_MissingPartsOrBidSequence_AreRefused()
    {
        var id = CreateOrder().Id;
        Assert.Throws<MalformedWireException>(() => WireIds.ToOrderId(null));
        Assert.Throws<MalformedWireException>(() => WireIds.ToOrderId(new(id) { Dseq = 0 }));
        Assert.Throws<MalformedWireException>(() => WireIds.ToOrderId(new(id) { Gseq = 0 }));
        Assert.Throws<MalformedWireException>(() => WireIds.ToOrderId(new(id) { Oseq = 0 }));
        Assert.Throws<MalformedWireException>(() => WireIds.ToOrderId(new(id) { Owner = "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4" }));
        Wire.Market.V1.BidID bid = new() { Owner = id.Owner, Dseq = 1, Gseq = 1, Oseq = 1, Provider = id.Owner };
        Assert.Equal(bid, WireIds.ToWire(WireIds.ToBidId(bid)));
        Assert.Throws<MalformedWireException>(() => WireIds.ToBidId(new(bid) { Bseq = 1 }));
        Assert.Throws<MalformedWireException>(() => WireIds.ToBidId(new(bid) { Provider = "" }));
        Wire.Market.V1.LeaseID lease = new() { Owner = id.Owner, Dseq = 1, Gseq = 1, Oseq = 1, Provider = id.Owner };
        Assert.Equal(lease, WireIds.ToWire(WireIds.ToLeaseId(lease)));
        Assert.Throws<MalformedWireException>(() => WireIds.ToLeaseId(new(lease) { Bseq = 1 }));
        Assert.Throws<MalformedWireException>(() => WireIds.ToDeploymentId(new() { Owner = id.Owner }));
        Assert.Throws<MalformedWireException>(() => WireIds.ToGroupId(new() { Owner = id.Owner, Dseq = 1 }));
    }

    [Fact]
    public void Deposit_UnpackedEnumList_IsRead()
    {
        var packed = Wire.Deposits.Deposit.Parser.ParseFrom(Convert.FromHexString("2a020102"));
        var unpacked = Wire.Deposits.Deposit.Parser.ParseFrom(Convert.FromHexString("28012802"));

        Assert.Equal(packed, unpacked);
        Assert.Equal("2a020102", Convert.ToHexStringLower(unpacked.ToByteArray()));
    }

    private static WireOrder CreateOrder() => WireOrder.Parser.ParseFrom(VectorFile.Entry("messages", 0).Hex("protobuf.hex"));

    private static IMessage WithoutUnknown(IMessage message) => VectorMessage.Type(message.Descriptor.FullName).Parser.WithDiscardUnknownFields(true).ParseFrom(message.ToByteArray());
}
