using System.Text.Json.Nodes;

namespace ProviderAgent.Manifests.Tests.Sdl;

/// <summary>Files of the market's own SDK. They are not part of this repository, so these tests need them beside it.</summary>
public sealed class SdlUpstreamTests
{
    private static readonly string Root = Repository.Vector("gateway/sdl-upstream");

    [SkippableUpstreamFact]
    public void Read_ValidInput_GivesGroupsAndHashOfTheGoTool()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Root, "input"), "v2.*").SelectMany(Directory.EnumerateDirectories).Order().ToArray();
        Assert.Equal(14, folders.Length);
        foreach (var folder in folders)
        {
            var name = $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}";
            var expected = Path.Combine(Root, "output-fixtures", name);
            var sdl = File.ReadAllText(Path.Combine(folder, "input.yaml"));
            var specs = File.ReadAllText(Path.Combine(expected, "group-specs.json"));
            if (name == "v2.0/simple") (sdl, specs) = WithRealSigners(sdl, specs);

            var deployment = SdlReader.Read(sdl);

            var manifest = ManifestDecoder.Decode(File.ReadAllBytes(Path.Combine(expected, "manifest.json")));
            Assert.Equal(manifest, deployment.Manifest);
            Assert.Equal(CanonicalManifest.Hash(manifest), deployment.Hash);
            Assert.Equal(GroupSpecJson.ReadAll(JsonNode.Parse(specs)!).Select(SortedEndpoints), deployment.Groups.Select(SortedEndpoints));
            Assert.Null(GroupRules.Check(manifest, deployment.Groups));
        }
    }

    [SkippableUpstreamFact]
    public void Read_SignersThatAreNoAccounts_AreRefused()
    {
        var error = Assert.Throws<SdlException>(() => SdlReader.Read(File.ReadAllBytes(Path.Combine(Root, "input/v2.0/simple/input.yaml"))));

        Assert.Equal(4, error.Problems.Count);
        Assert.All(error.Problems, problem => Assert.Contains("must be the account address of an auditor", problem.Message, StringComparison.Ordinal));
    }

    [SkippableUpstreamFact]
    public void Read_InvalidInput_IsRefusedWithAPlace()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Root, "input/invalid")), .. Directory.EnumerateFiles(Path.Combine(Root, "input/schema-only-invalid"))];
        Assert.Equal(25, files.Length);
        foreach (var file in files)
        {
            var error = Record.Exception(() => SdlReader.Read(File.ReadAllBytes(file)));

            var problems = Assert.IsType<SdlException>(error).Problems;
            Assert.All(problems, problem => Assert.True(problem.Line > 0, $"{file}: {problem}"));
        }
    }

    // The file's signers "1" to "4" stand for accounts; this market's accounts are never that short.
    private static (string Sdl, string Specs) WithRealSigners(string sdl, string specs)
    {
        for (var digit = 1; digit <= 4; digit++)
        {
            sdl = sdl.Replace($"- \"{digit}\"", $"- akash1signer{digit}", StringComparison.Ordinal);
            specs = specs.Replace($"\"{digit}\"", $"\"akash1signer{digit}\"", StringComparison.Ordinal);
        }

        return (sdl, specs);
    }

    // The two tools list the endpoints of a unit in different orders; the market takes either.
    private static Marketplace.GroupSpec SortedEndpoints(Marketplace.GroupSpec spec) => spec with
    {
        Units = Marketplace.ValueList.ToValueList(spec.Units.Select(unit => unit with
        {
            Resources = unit.Resources with { Endpoints = Marketplace.ValueList.ToValueList(unit.Resources.Endpoints.OrderBy(one => one.Kind).ThenBy(one => one.Sequence)) },
        })),
    };

    private sealed class SkippableUpstreamFactAttribute : FactAttribute
    {
        public SkippableUpstreamFactAttribute()
        {
            if (!Directory.Exists(Root)) Skip = "the SDK's own files are not beside this repository (../shared/vectors/gateway/sdl-upstream)";
        }
    }
}
