using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests.Tests.Canonical;

public sealed class CanonicalManifestTests
{
    private static readonly JsonArray Cases = Repository.VectorJson("gateway/manifest-validation/canonical.json").AsArray();

    public static TheoryData<string> Names => [.. Cases.Select(one => one!["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_GoldenBody_GivesTheKnownBytesAndHash(string name)
    {
        var one = Cases.Single(other => other!["name"]!.GetValue<string>() == name)!;

        var manifest = ManifestDecoder.Decode(Encoding.UTF8.GetBytes(one["body"]!.GetValue<string>()));

        Assert.Equal(one["canonical"]!.GetValue<string>(), Encoding.UTF8.GetString(CanonicalManifest.Encode(manifest)));
        Assert.Equal(one["version_hex"]!.GetValue<string>(), CanonicalManifest.Hash(manifest).Hex);
    }

    [Fact]
    public void Encode_DecodedAgain_IsTheSameManifest()
    {
        foreach (var one in ValidationCase.All)
        {
            var manifest = ManifestDecoder.Decode(one.Body);

            var canonical = CanonicalManifest.Encode(manifest);

            Assert.Equal(canonical, CanonicalManifest.Encode(ManifestDecoder.Decode(canonical)));
        }
    }

    [Fact]
    public void Encode_EveryMemberSet_WritesSortedNames()
    {
        const string Body = """
            [{"name":"g","services":[{"name":"s","image":"i","command":["c"],"args":[],"env":["E=1"],"count":2,
              "resources":{"id":1,"cpu":{"units":{"val":"10"},"attributes":[{"key":"arch","value":"amd64"},{"key":"","value":""}]},
                "memory":{"size":{"val":"20"},"attributes":[{"key":"m","value":"1"}]},"storage":[{"name":"d","size":{"val":"30"},"attributes":[{"key":"class","value":"ram"}]}],
                "gpu":{"units":{"val":"1"}},"endpoints":[{"kind":2,"sequence_number":7}]},
              "expose":[{"port":1,"externalPort":2,"proto":"UDP","service":"x","global":true,"hosts":[],"ip":"a","endpointSequenceNumber":7,
                "httpOptions":{"maxBodySize":1,"readTimeout":2,"sendTimeout":3,"nextTries":4,"nextTimeout":5,"nextCases":["off"],"proxyBufferSize":6}}],
              "params":{"storage":[{"name":"d","mount":"/d","readOnly":true}],"credentials":{"host":"h"},"permissions":{"read":["logs"]},"tee":{"type":"cpu","attestation":true}},
              "credentials":{"host":"h","email":"e","username":"u","password":"p"}}]}]
            """;
        const string Expected = """
            [{"name":"g","services":[{"args":[],"command":["c"],"count":2,"credentials":{"email":"e","host":"h","password":"p","username":"u"},"env":["E=1"],
            "expose":[{"endpointSequenceNumber":7,"externalPort":2,"global":true,"hosts":[],"httpOptions":{"maxBodySize":1,"nextCases":["off"],"nextTimeout":5,
            "nextTries":4,"proxyBufferSize":6,"readTimeout":2,"sendTimeout":3},"ip":"a","port":1,"proto":"UDP","service":"x"}],"image":"i","name":"s",
            "params":{"credentials":{"email":"","host":"h","password":"","username":""},"permissions":{"read":["logs"]},"storage":[{"mount":"/d","name":"d","readOnly":true}],
            "tee":{"attestation":true,"type":"cpu"}},"resources":{"cpu":{"attributes":[{"key":"arch","value":"amd64"},{}],"units":{"val":"10"}},
            "endpoints":[{"kind":2,"sequence_number":7}],"gpu":{"units":{"val":"1"}},"id":1,"memory":{"attributes":[{"key":"m","value":"1"}],"size":{"val":"20"}},
            "storage":[{"attributes":[{"key":"class","value":"ram"}],"name":"d","size":{"val":"30"}}]}}]}]
            """;

        Assert.Equal(Expected.ReplaceLineEndings(""), Encoding.UTF8.GetString(CanonicalManifest.Encode(ManifestDecoder.Decode(Encoding.UTF8.GetBytes(Body)))));
    }

    [Fact]
    public void EncodeGroup_OneGroup_IsAnArrayOfOne()
    {
        var group = new ManifestGroup("g", []);

        Assert.Equal("""[{"name":"g","services":[]}]""", Encoding.UTF8.GetString(CanonicalManifest.EncodeGroup(group)));
    }

    [Theory]
    [InlineData("\b\f\n\r\t\u0000\u001f", "\\b\\f\\n\\r\\t\\u0000\\u001f")]
    [InlineData("<>&/'\"\\", "\\u003c\\u003e\\u0026/'\\\"\\\\")]
    [InlineData("\u2027\u2028\u2029\u202A\u007F", "\u2027\\u2028\\u2029\u202A\u007F")]
    [InlineData("\uD83D\uDE00", "\uD83D\uDE00")]
    public void Encode_SpecialCharacters_AreEscapedAsTheMarketDoes(string text, string expected)
    {
        var manifest = new Manifest([new(text, [])]);

        Assert.Equal($$"""[{"name":"{{expected}}","services":[]}]""", Encoding.UTF8.GetString(CanonicalManifest.Encode(manifest)));
    }

    [Fact]
    public void Encode_LoneSurrogate_IsReplaced()
    {
        var manifest = new Manifest([new("a" + (char)0xD83D, [])]);

        Assert.Equal("[{\"name\":\"a\uFFFD\",\"services\":[]}]", Encoding.UTF8.GetString(CanonicalManifest.Encode(manifest)));
    }

    [Fact]
    public void ToString_ServiceAndCredentials_ShowNoSecret()
    {
        var service = new ManifestService { Name = "web", Image = "nginx", Env = ValueList.Create(["TOKEN=hush"]), Credentials = new("host", "mail", "robot", "hush") };

        Assert.DoesNotContain("hush", service.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", service.Credentials.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", new Manifest([new("g", [service])]).ToString(), StringComparison.Ordinal);
    }
}
