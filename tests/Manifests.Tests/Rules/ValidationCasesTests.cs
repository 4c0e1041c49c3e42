namespace ProviderAgent.Manifests.Tests.Rules;

public sealed class ValidationCasesTests
{
    public static TheoryData<string> Names => [.. ValidationCase.All.Select(one => one.Name)];

    [Fact]
    public void Vectors_AreAllThere() => Assert.Equal(60, ValidationCase.All.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_GoldenManifest_ReachesTheKnownVerdictAtTheKnownStage(string name)
    {
        var one = ValidationCase.All.Single(other => other.Name == name);
        var manifest = ManifestDecoder.Decode(one.Body);

        var refusal = StructureRules.Check(manifest)
            ?? VersionRule.Check(CanonicalManifest.Hash(manifest), one.Announced)
            ?? GroupRules.Check(manifest, one.Groups);

        Assert.Equal(one.Answer, refusal is null ? "" : refusal.Message + "\n");
        Assert.Equal(one.Stage, refusal?.Rule switch
        {
            null => "accepted",
            ManifestRule.Structure => "validate",
            ManifestRule.Version => "version",
            ManifestRule.Groups => "cross-validate",
            _ => "unexpected",
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Hash_GoldenManifest_IsTheAnnouncedOne(string name)
    {
        var one = ValidationCase.All.Single(other => other.Name == name);
        if (name == "hash-mismatch") return; // by intent
        if (name.EndsWith("null", StringComparison.Ordinal)) return; // the hash there is over the nulls themselves, which no rule lets through anyway

        Assert.Equal(one.Announced, CanonicalManifest.Hash(ManifestDecoder.Decode(one.Body)));
    }
}
