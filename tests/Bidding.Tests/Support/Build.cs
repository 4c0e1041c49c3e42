using System.Collections.Immutable;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>Builds orders and facts; a plain web server on a host with room unless said otherwise.</summary>
internal static class Build
{
    public static readonly Denom Uact = Denom.Parse("uact");
    public static readonly Denom Uakt = Denom.Parse("uakt");
    public static readonly AccountAddress Provider = AccountAddress.Parse("akash1provider");
    public static readonly AccountAddress Rival = AccountAddress.Parse("akash1rival");
    public static readonly AccountAddress Tenant = AccountAddress.Parse("akash1tenant");

    /// <summary>Blocks per month that the published price vectors reckon with.</summary>
    public static readonly MarketClock Clock = new(Decimal18.FromInteger(429_909));

    public static readonly MarketParameters Parameters = new(
        [new(500_000, Uakt), new(500_000, Uact)], 20, (TimeSpan.FromHours(1), TimeSpan.FromHours(720)));

    public static OrderId OrderId(int number) => new(Tenant, (ulong)number, 1, 1);

    public static Rate PerTick(string amount, Denom? denom = null) => Rate.PerTick(Decimal18.Parse(amount), denom ?? Uact);

    public static MarketAttribute Attribute(string text) => text.Split('=') is [var key, var value] ? new(key, value) : throw new FormatException(text);

    public static ValueList<MarketAttribute> Attributes(params string[] texts) => texts.Select(Attribute).ToValueList();

    public static Marketplace.Resources Needs(long milli = 1000, long memory = ByteSize.GiB, long disk = 5 * ByteSize.GiB, uint id = 1) => new()
    {
        Id = id,
        Cpu = new(milli),
        Memory = new(memory),
        Storage = [new("default", new(disk), [])],
        Endpoints = [new(EndpointKind.SharedHttp, 0)],
    };

    public static ResourceUnit Unit(Marketplace.Resources? needs = null, int count = 1, string limit = "100", Denom? denom = null) =>
        new(needs ?? Needs(), count, PerTick(limit, denom));

    public static GroupSpec Group(params ResourceUnit[] units) => new("westcoast", PlacementRequirements.None, units.Length == 0 ? [Unit()] : units.ToValueList());

    public static OrderFacts Order(GroupSpec? group = null) => new(OrderId(1), group ?? Group(), null, 0);

    public static HostFacts Host(InventorySnapshot? inventory = null) => new()
    {
        Account = Provider,
        Record = new(Provider, new Uri("https://provider.example:8443"), Attributes("region=eu", "tier=community"), "", ""),
        Parameters = Parameters,
        Clock = Clock,
        Inventory = inventory ?? Stock(),
        MaxOpenBids = 50,
        Deposit = new Coin(500_000, Uakt),
    };

    public static InventorySnapshot Stock(long milli = 64_000, long memory = 256 * ByteSize.GiB, long disk = 2 * ByteSize.TiB, long gpus = 0) => new(
        null,
        null,
        [new(ResourceKind.Cpu, milli, 0, null), new(ResourceKind.Memory, memory, 0, null), new(ResourceKind.Storage, disk, 0, null), new(ResourceKind.Gpu, gpus, 0, null)],
        true,
        ImmutableDictionary<OrderId, Reservation>.Empty)
    {
        Gpus = [.. Enumerable.Range(1, (int)gpus).Select(i => new GpuStatus(new($"GPU-{i}", new("t4", 16, "pcie"), false, "Tesla T4", "", 16 * ByteSize.GiB, i), GpuCondition.Healthy, "", null, false))],
    };
}
