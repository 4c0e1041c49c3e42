using ProviderAgent.Bidding;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Pricing;

/// <summary>Orders over the whole width of what the common price script looks at, the same ones at each run. Shared by the bench that runs the script and the test that holds our prices.</summary>
internal static class ParityOrders
{
    public const int Count = 1_000;

    /// <summary>USD for one AKT.</summary>
    public const string Akt = "0.5";

    /// <summary>The script's settings.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["PRICE_TARGET_CPU"] = "1.75",
        ["PRICE_TARGET_MEMORY"] = "0.30",
        ["PRICE_TARGET_HD_EPHEMERAL"] = "0.021",
        ["PRICE_TARGET_HD_PERS_HDD"] = "0.011",
        ["PRICE_TARGET_HD_PERS_SSD"] = "0.03",
        ["PRICE_TARGET_HD_PERS_NVME"] = "0.1",
        ["PRICE_TARGET_ENDPOINT"] = "0.05",
        ["PRICE_TARGET_IP"] = "4.5",
        ["PRICE_TARGET_GPU_MAPPINGS"] = "h100=900,h100.80Gi=1000,h100.80Gi.sxm=1500,a100=850,a100.pcie=650,a100.40Gi.pcie=700,rtx4090=250,t4=80,*=130",
    };

    private static readonly string[] Classes = ["ephemeral", "ephemeral", "ephemeral", "beta1", "beta2", "beta3", "ram", "default"];
    private static readonly string[] Models = ["h100", "a100", "rtx4090", "t4", "l40s", "*"];
    private static readonly string[] Memories = ["", "/ram/80Gi", "/ram/40Gi", "/ram/24Gi"];
    private static readonly string[] Interfaces = ["", "/interface/sxm", "/interface/pcie"];
    private static readonly string[] Denoms = ["uact", "uact", "uact", "uakt", "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1", "uatom"];

    public static IEnumerable<OrderFacts> Make()
    {
        ulong state = 0x9E3779B97F4A7C15;
        for (var i = 0; i < Count; i++)
        {
            var denom = Denom.Parse(Denoms[Next(Denoms.Length)]);
            var units = Enumerable.Range(1, 1 + Next(3)).Select(id => Unit((uint)id, denom)).ToValueList();
            yield return new(new(AccountAddress.Parse("akash1tenant"), (ulong)i + 1, 1, 1), new("group", PlacementRequirements.None, units), null, 0);
        }

        int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)(state % (ulong)below);
        }

        ResourceUnit Unit(uint id, Denom denom)
        {
            var gpus = Next(3) == 0 ? 1 + Next(4) : 0;
            var needs = new Resources
            {
                Id = id,
                Cpu = new(10 + Next(64_000)),
                Memory = new(Next(5) == 0 ? 1_000_000L + Next(int.MaxValue) : (16L + Next(65_536)) * ByteSize.MiB),
                Storage = Enumerable.Range(0, 1 + Next(3)).Select(number => Volume(number, number == 0 ? "ephemeral" : Classes[Next(Classes.Length)])).ToValueList(),
                Gpus = gpus,
                GpuAttributes = gpus == 0 ? [] : [new($"vendor/nvidia/model/{Models[Next(Models.Length)]}{Memories[Next(Memories.Length)]}{Interfaces[Next(Interfaces.Length)]}", "true")],
                Endpoints = [.. Enumerable.Repeat(new ServiceEndpoint(EndpointKind.SharedHttp, 0), Next(4)), .. Enumerable.Range(1, Next(3)).Select(sequence => new ServiceEndpoint(EndpointKind.LeasedIp, (uint)sequence))],
            };
            var limit = Next(6) == 0 ? Decimal18.FromInteger(1 + Next(200)) : Decimal18.FromInteger(100_000);
            return new(needs, 1 + Next(4), Rate.PerTick(limit, denom));
        }

        StorageVolume Volume(int number, string storageClass)
        {
            var size = new ByteSize(Next(7) == 0 ? 5_242_880L + Next(int.MaxValue) : (5L + Next(102_400)) * ByteSize.MiB);
            return number == 0 && storageClass == "ephemeral"
                ? new("default", size, [])
                : new($"v{number}", size, [new("persistent", storageClass is "ram" or "ephemeral" ? "false" : "true"), new("class", storageClass)]);
        }
    }

    /// <summary>What the policy says: a price, or the one word that there is none.</summary>
    public static async ValueTask<string> AnswerAsync(IPricingPolicy pricing, OrderFacts order, CancellationToken ct)
    {
        var facts = new PricingFacts { Now = DateTimeOffset.UnixEpoch, Akt = new(Decimal18.Parse(Akt), "fixed", DateTimeOffset.UnixEpoch) };
        var price = await pricing.PriceAsync(new(order.Id, order.Group, new(Decimal18.FromInteger(429_909))) { Facts = facts }, ct);
        return BidRules.Judge(order, price, facts) switch
        {
            BidDecision.Submit(var quote) => quote.Price.Amount.ToString(),
            BidDecision.Decline(DeclineReason.HookFailed or DeclineReason.HookTimeout or DeclineReason.HookAnswerInvalid or DeclineReason.HookBusy, var detail) => $"failed: {detail}",
            _ => "none",
        };
    }
}
