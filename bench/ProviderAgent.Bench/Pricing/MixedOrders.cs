using ProviderAgent.Bidding;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Pricing;

/// <summary>Orders of many kinds, the same ones at each run.</summary>
internal static class MixedOrders
{
    private const int Tenants = 50;
    private static readonly string[] Gpus = ["vendor/nvidia/model/h100/ram/80Gi/interface/sxm", "vendor/nvidia/model/rtx4090", "vendor/nvidia/model/*", "vendor/nvidia/model/a100/ram/40Gi"];
    private static readonly Denom Uact = Denom.Parse("uact");

    /// <param name="count">How many.</param>
    public static IEnumerable<OrderFacts> Make(int count)
    {
        ulong state = 88172645463325252;
        for (var i = 0; i < count; i++)
        {
            var tenant = AccountAddress.Parse($"akash1tenant{Next(Tenants)}");
            var units = Enumerable.Range(1, 1 + Next(3)).Select(id => Unit((uint)id)).ToValueList();
            yield return new(new(tenant, (ulong)i + 1, 1, 1), new($"group{i % 7}", PlacementRequirements.None, units), null, Next(25));
        }

        // A plain xorshift: numbers need to be mixed, not secret, and equal at each run.
        int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)(state % (ulong)below);
        }

        ResourceUnit Unit(uint id)
        {
            var gpus = Next(4) == 0 ? 1 + Next(4) : 0;
            var needs = new Resources
            {
                Id = id,
                Cpu = new(100 + Next(8000)),
                Memory = new((64L + Next(16384)) * ByteSize.MiB),
                Storage = [new("default", new((512L + Next(51200)) * ByteSize.MiB), [])],
                Gpus = gpus,
                GpuAttributes = gpus == 0 ? [] : [new(Gpus[Next(Gpus.Length)], "true")],
                Endpoints = [.. Enumerable.Repeat(new ServiceEndpoint(EndpointKind.SharedHttp, 0), Next(4))],
            };
            return new(needs, 1 + Next(3), Rate.PerTick(Decimal18.FromInteger(1 + Next(20_000)), Uact));
        }
    }

    /// <summary>A price list as a GPU host would have it.</summary>
    public static PricingOptions Policy => new()
    {
        Rates = new() { Gpu = new() { ["h100"] = 900, ["h100.80Gi.sxm"] = 1500, ["rtx4090"] = 250, ["*"] = 700 } },
        Rules = [new() { Name = "night", When = new() { Hours = "22:00-06:00", TimeZone = "Europe/Berlin" }, Multiply = 0.9m }, new() { Name = "busy", When = new() { UsedFrom = new() { ["any"] = 0.8m } }, Multiply = 1.2m }],
        Energy = new() { PricePerKwh = 0.30m },
    };
}
