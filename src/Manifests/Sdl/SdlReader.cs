using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads the files that tenants write (SDL 2.0 and 2.1). Pure; safe to call concurrently, also with hostile files.</summary>
/// <remarks>
/// Builds groups, manifest and hash as the market's TypeScript tool does. Like that tool it merges services of one compute profile into
/// one resource unit in both versions of the format, where the Go tool does so in 2.1 only; a provider accepts either.
/// </remarks>
public static class SdlReader
{
    /// <summary>Reads a file of at most 256 KiB.</summary>
    /// <exception cref="SdlException">The file is not valid; the exception lists every mistake with line, column, field and fix.</exception>
    public static SdlDeployment Read(ReadOnlySpan<byte> utf8)
    {
        var problems = new SdlProblems();
        var document = SdlDocumentReader.Read(YamlTree.Read(utf8), problems);
        problems.ThrowIfAny();
        new SdlReferences(document, problems).Check();
        problems.ThrowIfAny();
        return Build(document);
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    public static SdlDeployment Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static SdlDeployment Build(SdlDocument document)
    {
        var sequences = EndpointSequences.Of(document.Services.Values);
        var builders = new SortedDictionary<string, GroupBuilder>(StringComparer.Ordinal);
        foreach (var (serviceName, service) in document.Services.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var (placementName, replicas) in document.Deployments[serviceName].Placements)
            {
                if (!builders.TryGetValue(placementName, out var builder))
                {
                    builder = new(placementName, document.Placements[placementName], sequences);
                    builders[placementName] = builder;
                }

                builder.Add(serviceName, service, replicas, document.Compute[replicas.Profile]);
            }
        }

        var groups = builders.Values.Select(builder => builder.BuildSpec()).ToValueList();
        var manifest = new Manifest(builders.Values.Select(builder => builder.BuildManifest()).ToValueList());

        // What a provider would refuse is refused here already, where mending it costs nothing.
        if ((StructureRules.Check(manifest) ?? GroupRules.Check(manifest, groups)) is { } refusal) throw new SdlException([new(0, 0, "", $"no provider would accept this: {refusal}")]);
        return new(groups, manifest, CanonicalManifest.Hash(manifest), document.MinReclaimWindow);
    }
}
