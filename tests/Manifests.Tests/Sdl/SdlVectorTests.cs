using System.Text;
using System.Text.Json.Nodes;

namespace ProviderAgent.Manifests.Tests.Sdl;

public sealed class SdlVectorTests
{
    public static TheoryData<string> Names =>
        [.. Repository.VectorJson("gateway/sdl/index.json").AsArray().Select(one => one!["name"]!.GetValue<string>())];

    [Fact]
    public void Vectors_AreAllThere() => Assert.Equal(19, Repository.VectorJson("gateway/sdl/index.json").AsArray().Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_GoldenFile_GivesTheKnownManifestHashAndGroups(string name)
    {
        var deployment = SdlReader.Read(File.ReadAllBytes(Vector(name, "sdl.yaml")));
        var expected = Json(name, "expected.json");

        Assert.Equal(File.ReadAllText(Vector(name, "manifest.canonical.json")), Encoding.UTF8.GetString(CanonicalManifest.Encode(deployment.Manifest)));
        Assert.Equal(expected["version_hex"]!.GetValue<string>(), deployment.Hash.Hex);
        Assert.Equal(GroupSpecJson.ReadAll(Json(name, "groups.json")), deployment.Groups);
        Assert.Equal(expected["reclamation"]?["min_window_seconds"]?.GetValue<string>(), deployment.MinReclaimWindow?.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_CanonicalManifest_IsTheManifestOfTheFile(string name)
    {
        var deployment = SdlReader.Read(File.ReadAllBytes(Vector(name, "sdl.yaml")));

        var decoded = ManifestDecoder.Decode(File.ReadAllBytes(Vector(name, "manifest.canonical.json")));

        Assert.Equal(deployment.Manifest, decoded);
    }

    [Fact]
    public void Check_UnitPerServiceAsTheGoToolMakes_IsAcceptedToo()
    {
        var variant = Json("18-shared-profile-v20", "go-library-variant.json");
        var manifest = ManifestDecoder.Decode(Encoding.UTF8.GetBytes(variant["manifest"]!.ToJsonString()));

        Assert.Null(StructureRules.Check(manifest));
        Assert.Null(GroupRules.Check(manifest, GroupSpecJson.ReadAll(variant["groups"]!)));
        Assert.Equal(variant["version_hex"]!.GetValue<string>(), CanonicalManifest.Hash(manifest).Hex);
    }

    private static string Vector(string name, string file) => Repository.Vector($"gateway/sdl/{name}/{file}");

    private static JsonNode Json(string name, string file) => Repository.VectorJson($"gateway/sdl/{name}/{file}");
}
