using System.Text.Json.Nodes;

namespace ProviderAgent.Bench.ManifestToStarted;

/// <summary>Settings of a second container like one that the daemon made. Pure.</summary>
internal static class ContainerCopy
{
    private const string OurLabels = "provider-agent.";

    /// <summary>Same image, limits, isolation, network; without the daemon's labels, which would make it one of the lease's, and on free host ports.</summary>
    /// <param name="inspected">The engine's description of the original.</param>
    public static JsonNode Of(JsonNode inspected)
    {
        var settings = Part(inspected, "Config");
        if (settings["Labels"] is JsonObject labels)
        {
            foreach (var ours in labels.Select(label => label.Key).Where(key => key.StartsWith(OurLabels, StringComparison.Ordinal)).ToArray()) labels.Remove(ours);
        }

        var host = Part(inspected, "HostConfig");
        foreach (var (_, bindings) in host["PortBindings"] as JsonObject ?? [])
        {
            foreach (var binding in bindings as JsonArray ?? []) ((JsonObject?)binding)?.Remove("HostPort");
        }

        var networks = new JsonObject();
        foreach (var (name, network) in Part(inspected, "NetworkSettings")["Networks"] as JsonObject ?? [])
            networks[name] = new JsonObject { ["Aliases"] = network?["Aliases"]?.DeepClone() };
        settings["HostConfig"] = host;
        settings["NetworkingConfig"] = new JsonObject { ["EndpointsConfig"] = networks };
        settings.Remove("Hostname"); // the original's id
        return settings;
    }

    private static JsonObject Part(JsonNode inspected, string name) => inspected[name]?.DeepClone().AsObject() ?? [];
}
