using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests;

/// <summary>Builds what orders ask for.</summary>
internal static class Groups
{
    private static readonly Rate Limit = Rate.PerTick(Decimal18.FromInteger(100), Denom.Parse("uact"));

    public static OrderId Order(int number) => new(AccountAddress.Parse("akash1tenant"), (ulong)number, 1, 1);

    public static GroupSpec Of(params ResourceUnit[] units) => new("westcoast", PlacementRequirements.None, units.ToValueList());

    public static GroupSpec Small(int count = 1, long milli = 1000, long memory = ByteSize.GiB, long disk = 5 * ByteSize.GiB) => Of(Unit(count, milli, memory, disk));

    public static ResourceUnit Unit(int count = 1, long milli = 1000, long memory = ByteSize.GiB, long disk = 5 * ByteSize.GiB, int gpus = 0, uint id = 1) =>
        new(new Marketplace.Resources { Id = id, Cpu = new(milli), Memory = new(memory), Storage = [new("default", new(disk), [])], Gpus = gpus }, count, Limit);

    public static ResourceUnit With(this ResourceUnit unit, StorageVolume volume) =>
        unit with { Resources = unit.Resources with { Storage = unit.Resources.Storage.Append(volume).ToValueList() } };

    public static ResourceUnit With(this ResourceUnit unit, ServiceEndpoint endpoint) => unit with { Resources = unit.Resources with { Endpoints = [endpoint] } };

    public static StorageVolume Ram(long bytes) => Volume("shm", bytes, ("class", "ram"), ("persistent", "false"));

    public static StorageVolume Volume(string name, long bytes, params (string Key, string Value)[] attributes) =>
        new(name, new(bytes), attributes.Select(attribute => new MarketAttribute(attribute.Key, attribute.Value)).ToValueList());
}
