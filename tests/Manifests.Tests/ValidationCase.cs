using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests.Tests;

/// <summary>One of the golden manifests with the verdict that a provider must reach.</summary>
internal sealed record ValidationCase(string Name, string Stage, ManifestHash Announced, ValueList<GroupSpec> Groups, byte[] Body, int Status, string Answer)
{
    public static IReadOnlyList<ValidationCase> All { get; } =
        [.. Repository.VectorJson("gateway/manifest-validation/cases.json")["cases"]!.AsArray().Select(node => Read(node!))];

    private static ValidationCase Read(JsonNode node) => new(
        node["name"]!.GetValue<string>(),
        node["stage"]!.GetValue<string>(),
        ManifestHash.Parse(node["deployment_hash_hex"]!.GetValue<string>()),
        GroupSpecJson.ReadAll(node["groups"]!),
        Encoding.UTF8.GetBytes(node["manifest"]?.ToJsonString() ?? "null"),
        node["expect"]!["http_status"]!.GetValue<int>(),
        node["expect"]!["body"]!.GetValue<string>());
}
