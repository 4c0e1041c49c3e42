using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>Reads the short form of resource units that price vectors are written in: <c>milli|MiB|class:MiB,…|gpus:key,…|endpoints|addresses|count</c>.</summary>
internal static class Units
{
    public static GroupSpec Group(string[] units, string limit = "10000000", Denom? denom = null) => new("g", PlacementRequirements.None, units.Select((text, index) => Unit(text, (uint)index + 1, limit, denom)).ToValueList());

    private static ResourceUnit Unit(string text, uint id, string limit, Denom? denom)
    {
        var part = text.Split('|');
        var addresses = int.Parse(part[5], CultureInfo.InvariantCulture);
        var gpus = part[3].Length == 0 ? null : part[3].Split(':');
        var needs = new Marketplace.Resources
        {
            Id = id,
            Cpu = new(long.Parse(part[0], CultureInfo.InvariantCulture)),
            Memory = Size(part[1]),
            Storage = part[2].Split(',').Select(volume => volume.Split(':')).Select(volume => new StorageVolume(
                volume[0], Size(volume[1]), volume[0] == "ephemeral" ? [] : [new("class", volume[0]), new("persistent", volume[0] == "ram" ? "false" : "true")])).ToValueList(),
            Gpus = gpus is null ? 0 : int.Parse(gpus[0], CultureInfo.InvariantCulture),
            GpuAttributes = gpus is null ? [] : gpus[1].Split(',').Select(key => new MarketAttribute(key, "true")).ToValueList(),
            Endpoints = Enumerable.Range(0, int.Parse(part[4], CultureInfo.InvariantCulture))
                .Select(index => index < addresses ? new ServiceEndpoint(EndpointKind.LeasedIp, (uint)index + 1) : new ServiceEndpoint(EndpointKind.SharedHttp, 0)).ToValueList(),
        };
        return Build.Unit(needs, int.Parse(part[6], CultureInfo.InvariantCulture), limit, denom);
    }

    private static ByteSize Size(string text) =>
        text.EndsWith('B') ? new(long.Parse(text[..^1], CultureInfo.InvariantCulture)) : new(long.Parse(text, CultureInfo.InvariantCulture) * ByteSize.MiB);
}
