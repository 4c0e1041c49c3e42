using System.Globalization;
using System.Text;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>One kind of order of a market: what is special about it, and why a provider declines it for good; null where at least one bids.</summary>
internal sealed record OrderKind(string Name, string Cpu, string Memory, string? DeclinedFor = null)
{
    /// <summary>More storage than the container's own.</summary>
    public string Storage { get; init; } = "";

    public string Gpu { get; init; } = "";

    public string Attributes { get; init; } = "{}";

    public string SignedBy { get; init; } = "";

    public string Address { get; init; } = "";

    /// <summary>What the tenant pays at most.</summary>
    public string Limit { get; init; } = "1000";

    public int Count { get; init; } = 1;
}

/// <summary>What tenants of a market ask for: every fourth order or so is nobody's, for all the reasons there are.</summary>
internal static class MixedDeployments
{
    public const int Groups = 4;

    public static readonly OrderKind[] Kinds =
    [
        new("processor", "0.05", "1Mi"),
        new("memory", "0.01", "64Mi"),
        new("balanced", "0.05", "64Mi"),
        new("trifle", "0.01", "1Mi"),
        new("replicas", "0.01", "2Mi") { Count = 3 },
        new("shared-memory", "0.01", "8Mi") { Storage = "{name: shm, size: 8Mi, attributes: {persistent: false, class: ram}}" },
        new("region", "0.02", "4Mi") { Attributes = "{region: north}" },
        new("elsewhere", "0.02", "4Mi", "AttributesMissing") { Attributes = "{region: moon}" },
        new("persistent", "0.02", "4Mi", "StorageClass") { Storage = "{name: data, size: 1Gi, attributes: {persistent: true, class: beta3}}" },
        new("gpu", "1", "1Gi", "Gpu") { Gpu = "{units: 1, attributes: {vendor: {nvidia: [{model: h100, ram: 80Gi}]}}}" },
        new("audited", "0.02", "4Mi", "NotSigned") { SignedBy = "akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63" },
        new("huge", "300", "4Mi", "DoesNotFit"),
        new("address", "0.02", "4Mi", "LeasedIp") { Address = "front" },
        new("penny", "0.05", "64Mi", "AboveLimit") { Limit = "0.001" },
    ];

    /// <summary>The kind of a group.</summary>
    public static OrderKind KindOf(int deployment, int group) => Kinds[((deployment * Groups) + group) % Kinds.Length];

    /// <summary>The SDL of a deployment with four groups of four kinds.</summary>
    public static string Sdl(int deployment, bool wantsNotice)
    {
        var (services, compute, placement, deployed) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder());
        var endpoints = "";
        for (var group = 0; group < Groups; group++)
        {
            var kind = KindOf(deployment, group);
            var (name, at) = (string.Create(CultureInfo.InvariantCulture, $"s{group}"), string.Create(CultureInfo.InvariantCulture, $"g{group}"));
            var address = kind.Address.Length > 0 ? $", ip: {kind.Address}" : "";
            if (kind.Address.Length > 0) endpoints = $"endpoints: {{{kind.Address}: {{kind: ip}}}}\n";
            var mounts = kind.Storage.Length == 0 ? "" : $", params: {{storage: {{{(kind.Storage.Contains("shm", StringComparison.Ordinal) ? "shm: {mount: /dev/shm}" : "data: {mount: /data}")}}}}}";
            services.Append(CultureInfo.InvariantCulture, $"  {name}: {{image: \"{TradeConfig.Image}\", expose: [{{port: 80, as: 80, to: [{{global: true{address}}}]}}]{mounts}}}\n");
            var storage = kind.Storage.Length > 0 ? $"[{{size: 5Mi}}, {kind.Storage}]" : "{size: 5Mi}";
            var gpu = kind.Gpu.Length > 0 ? $", gpu: {kind.Gpu}" : "";
            compute.Append(CultureInfo.InvariantCulture, $"    {name}: {{resources: {{cpu: {{units: {kind.Cpu}}}, memory: {{size: {kind.Memory}}}, storage: {storage}{gpu}}}}}\n");
            var signed = kind.SignedBy.Length > 0 ? $"signedBy: {{anyOf: [{kind.SignedBy}]}}, " : "";
            placement.Append(CultureInfo.InvariantCulture, $"    {at}: {{{signed}attributes: {kind.Attributes}, pricing: {{{name}: {{denom: uact, amount: {kind.Limit}}}}}}}\n");
            deployed.Append(CultureInfo.InvariantCulture, $"  {name}: {{{at}: {{profile: {name}, count: {kind.Count}}}}}\n");
        }

        var notice = wantsNotice ? "reclamation: {min_window: 24h}\n" : "";
        return $"version: \"2.0\"\n{notice}{endpoints}services:\n{services}profiles:\n  compute:\n{compute}  placement:\n{placement}deployment:\n{deployed}";
    }
}
