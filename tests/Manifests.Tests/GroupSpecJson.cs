using System.Globalization;
using System.Text.Json.Nodes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests.Tests;

/// <summary>Reads group specs from the JSON of the golden data.</summary>
internal static class GroupSpecJson
{
    public static ValueList<GroupSpec> ReadAll(JsonNode groups) => groups.AsArray().Select(group => Read(group!)).ToValueList();

    private static GroupSpec Read(JsonNode group)
    {
        var requirements = group["requirements"]!;
        var signers = requirements["signedBy"] ?? requirements["signed_by"]!;
        return new(
            group["name"]!.GetValue<string>(),
            new(
                Attributes(requirements),
                Accounts(signers["allOf"] ?? signers["all_of"]),
                Accounts(signers["anyOf"] ?? signers["any_of"])),
            group["resources"]!.AsArray().Select(unit => ReadUnit(unit!)).ToValueList());
    }

    private static ResourceUnit ReadUnit(JsonNode unit)
    {
        var resource = unit["resource"]!;
        return new(
            new()
            {
                Id = resource["id"]!.GetValue<uint>(),
                Cpu = new(Amount(resource["cpu"]!, "units")),
                CpuAttributes = Attributes(resource["cpu"]!),
                Memory = new(Amount(resource["memory"]!, "size")),
                MemoryAttributes = Attributes(resource["memory"]!),
                Storage = resource["storage"]!.AsArray()
                    .Select(volume => new StorageVolume(volume!["name"]!.GetValue<string>(), new(Amount(volume, "size")), Attributes(volume)))
                    .ToValueList(),
                Gpus = (int)Amount(resource["gpu"]!, "units"),
                GpuAttributes = Attributes(resource["gpu"]!),
                Endpoints = resource["endpoints"]!.AsArray()
                    .Select(endpoint => new ServiceEndpoint((EndpointKind)(endpoint!["kind"]?.GetValue<int>() ?? 0), endpoint["sequence_number"]!.GetValue<uint>()))
                    .ToValueList(),
            },
            unit["count"]!.GetValue<int>(),
            Rate.PerTick(Decimal18.Parse(unit["price"]!["amount"]!.GetValue<string>()), Denom.Parse(unit["price"]!["denom"]!.GetValue<string>())));
    }

    private static long Amount(JsonNode node, string name) => long.Parse(node[name]!["val"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static ValueList<MarketAttribute> Attributes(JsonNode node) =>
        (node["attributes"]?.AsArray() ?? []).Select(attribute => new MarketAttribute(attribute!["key"]!.GetValue<string>(), attribute["value"]!.GetValue<string>())).ToValueList();

    private static ValueList<AccountAddress> Accounts(JsonNode? list) =>
        (list?.AsArray() ?? []).Select(account => AccountAddress.Parse(account!.GetValue<string>())).ToValueList();
}
