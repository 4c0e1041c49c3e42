using System.Globalization;
using System.Text.Json;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;
using WireBidId = ProviderAgent.Chain.Wire.Market.V1.BidID;

namespace ProviderAgent.Chain.Events;

/// <summary>Ids in the JSON of events: 64-bit numbers as text, 32-bit numbers as numbers.</summary>
internal static class EventIds
{
    public static DeploymentId Deployment(JsonElement id) => WireIds.ToDeploymentId(new() { Owner = id.Text("owner"), Dseq = Dseq(id) });

    public static GroupId Group(JsonElement id) => WireIds.ToGroupId(new() { Owner = id.Text("owner"), Dseq = Dseq(id), Gseq = id.UIntOrZero("gseq") });

    public static OrderId Order(JsonElement id) =>
        WireIds.ToOrderId(new() { Owner = id.Text("owner"), Dseq = Dseq(id), Gseq = id.UIntOrZero("gseq"), Oseq = id.UIntOrZero("oseq") });

    public static BidId Bid(JsonElement id) => WireIds.ToBidId(new WireBidId
    {
        Owner = id.Text("owner"),
        Dseq = Dseq(id),
        Gseq = id.UIntOrZero("gseq"),
        Oseq = id.UIntOrZero("oseq"),
        Provider = id.Text("provider"),
        Bseq = id.UIntOrZero("bseq"),
    });

    /// <summary>A signed 64-bit number written as text.</summary>
    public static long Number(JsonElement value) =>
        WireInteger.TryParse(value.GetString(), out var number) ? number : throw new MalformedWireException($"'{WireText.Shorten(value.ToString())}' is no number");

    private static ulong Dseq(JsonElement id) =>
        ulong.TryParse(id.Text("dseq"), NumberStyles.None, CultureInfo.InvariantCulture, out var dseq) ? dseq : throw new MalformedWireException("the dseq is no number");
}
