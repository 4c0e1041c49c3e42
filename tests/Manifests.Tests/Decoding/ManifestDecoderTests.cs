using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests.Tests.Decoding;

public sealed class ManifestDecoderTests
{
    [Fact]
    public void Decode_NamesInOtherCase_AreTheSameMembers()
    {
        var service = DecodeService("""{"NAME":"a","Image":"i","EXPOSE":[{"EXTERNALPORT":8,"httpoptions":{"MAXBODYSIZE":5}}],"reſourceſ":{"ID":3,"Endpoint\u017f":[]}}""");

        Assert.Equal(("a", "i", 3u), (service.Name, service.Image, service.Resources.Id));
        Assert.Equal((8u, 5u), (service.Expose!.Value[0].ExternalPort, service.Expose.Value[0].HttpOptions.MaxBodySize));
        Assert.Empty(service.Resources.Endpoints!.Value);
    }

    [Fact]
    public void Decode_MemberTwice_LastWinsAndNullLeavesIt()
    {
        var service = DecodeService("""{"name":"a","name":"b","NAME":null,"count":1,"count":2,"env":["x"],"env":null,"resources":{"id":1},"resources":{"cpu":{"units":{"val":"5"}}}}""");

        Assert.Equal(("b", 2u, 1u), (service.Name, service.Count, service.Resources.Id));
        Assert.Null(service.Env);
        Assert.Equal(5, service.Resources.Cpu!.Units.Value);
    }

    [Fact]
    public void Decode_UnknownMembers_AreSkippedWhateverTheyHold()
    {
        var service = DecodeService("""{"x":{"name":["y",{"z":null}]},"name":"a","Name2":1e999,"":true}""");

        Assert.Equal("a", service.Name);
    }

    [Fact]
    public void Decode_AbsentNullAndEmptyLists_AreKeptApart()
    {
        var service = DecodeService("""{"command":[],"args":null,"resources":{"storage":[],"endpoints":null},"params":{"storage":[]}}""");

        Assert.Empty(service.Command!.Value);
        Assert.Null(service.Args);
        Assert.Null(service.Env);
        Assert.Empty(service.Resources.Storage!.Value);
        Assert.Null(service.Resources.Endpoints);
        Assert.Null(service.Resources.Cpu);
        Assert.Empty(service.Params!.Storage!.Value);
        Assert.Null(service.Credentials);
    }

    [Fact]
    public void Decode_ResourceValues_AreRead()
    {
        var resources = DecodeService("""
            {"resources":{"id":4294967295,"cpu":{"units":{"val":"1500"},"attributes":[{"key":"arch","value":"amd64"}]},"memory":{"size":{"val":"9223372036854775807"}},
             "storage":[{"name":"data","size":{"val":"7"},"attributes":[{"key":"persistent","value":"true"}]}],"gpu":{"units":{"val":"0"}},
             "endpoints":[{"kind":1,"sequence_number":0},{"sequence_number":2,"kind":2}]}}
            """).Resources;

        Assert.Equal(uint.MaxValue, resources.Id);
        Assert.Equal(new CpuRequest(new(1500), [new("arch", "amd64")]), resources.Cpu);
        Assert.Equal(long.MaxValue, resources.Memory!.Size.Bytes);
        Assert.Equal(new StorageVolume("data", new(7), [new("persistent", "true")]), resources.Storage!.Value[0]);
        Assert.Equal(ValueList.Create<ServiceEndpoint>([new(EndpointKind.RandomPort, 0), new(EndpointKind.LeasedIp, 2)]), resources.Endpoints!.Value);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF }, "\uFFFD")]
    [InlineData(new byte[] { 0xE2, 0x82, (byte)'A' }, "\uFFFD\uFFFDA")]
    [InlineData(new byte[] { 0xC0, 0xAF }, "\uFFFD\uFFFD")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "\uFFFD\uFFFD\uFFFD")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, "\uD83D\uDE00")]
    public void Decode_InvalidUtf8_BecomesReplacementCharacters(byte[] bytes, string expected)
    {
        byte[] json = [.. "[{\"name\":\""u8, .. bytes, .. "\"}]"u8];

        Assert.Equal(expected, ManifestDecoder.Decode(json).Groups[0].Name);
    }

    [Theory]
    [InlineData("""\u0041\n\/\"\\\b\f\r\t""", "A\n/\"\\\b\f\r\t")]
    [InlineData("""\ud83d\ude00""", "\uD83D\uDE00")]
    [InlineData("""\ud83dx""", "\uFFFDx")]
    [InlineData("""\ud83d\ud83d\ude00""", "\uFFFD\uD83D\uDE00")]
    [InlineData("""\ude00""", "\uFFFD")]
    [InlineData("""\u0000é漢""", "\0é漢")]
    public void Decode_Escapes_AreResolvedAndLoneSurrogatesReplaced(string escaped, string expected) =>
        Assert.Equal(expected, Decode($$"""[{"name":"{{escaped}}"}]""").Groups[0].Name);

    [Theory]
    [InlineData("", "the JSON is malformed, cut off or nested too deeply at line 1, byte 1")]
    [InlineData("nul", "the JSON is malformed")]
    [InlineData("[{\"name\":\"x\"", "the JSON is malformed")]
    [InlineData("[]]", "the JSON is malformed")]
    [InlineData("[] []", "something follows the manifest|the JSON is malformed")]
    [InlineData("\uFEFF[]", "the JSON is malformed")]
    [InlineData("[{\"name\":\"a\nb\"}]", "the JSON is malformed")]
    [InlineData("{}", "must be a list, is an object")]
    [InlineData("7", "must be a list, is a number")]
    [InlineData("[7]", "[0]: must be an object, is a number")]
    [InlineData("""[{"name":7}]""", "[0].name: must be text, is a number")]
    [InlineData("""[{"services":{}}]""", "[0].services: must be a list, is an object")]
    [InlineData("""[{"services":[{"count":-1}]}]""", "[0].services[0].count: must be a whole number of 0 to 4294967295")]
    [InlineData("""[{"services":[{"count":1.0}]}]""", "[0].services[0].count: must be a whole number")]
    [InlineData("""[{"services":[{"count":1e0}]}]""", "[0].services[0].count: must be a whole number")]
    [InlineData("""[{"services":[{"count":4294967296}]}]""", "[0].services[0].count: must be a whole number")]
    [InlineData("""[{"services":[{"count":"1"}]}]""", "[0].services[0].count: must be a number, is text")]
    [InlineData("""[{"services":[{"env":"A=1"}]}]""", "[0].services[0].env: must be a list, is text")]
    [InlineData("""[{"services":[{"env":["A",1]}]}]""", "[0].services[0].env[1]: must be text, is a number")]
    [InlineData("""[{"services":[{"expose":[{"global":1}]}]}]""", "[0].services[0].expose[0].global: must be true or false, is a number")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":5}}}}]}]""", "[0].services[0].resources.cpu.units.val: must be a whole number in quotes, is a number")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":null}}}}]}]""", "val: must be a whole number in quotes, is null")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":""}}}}]}]""", "val: must be a whole number of 0 to")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":"-5"}}}}]}]""", "val: must be a whole number of 0 to")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":"05"}}}}]}]""", "val: must be a whole number of 0 to")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":"0x5"}}}}]}]""", "val: must be a whole number of 0 to")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":"5 "}}}}]}]""", "val: must be a whole number of 0 to")]
    [InlineData("""[{"services":[{"resources":{"cpu":{"units":{"val":"9223372036854775808"}}}}]}]""", "val: must be a whole number of 0 to")]
    [InlineData("""[{"services":[{"resources":{"endpoints":[{"kind":3}]}}]}]""", "[0].services[0].resources.endpoints[0].kind: must be 0 (HTTP), 1 (port) or 2 (address)")]
    public void Decode_NotAManifest_IsRefusedWithItsPlace(string json, string message)
    {
        var error = Assert.Throws<ManifestException>(() => Decode(json));

        Assert.Contains(message.Split('|'), part => error.Message.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Decode_Null_IsAnEmptyManifest() => Assert.Empty(Decode("null").Groups);

    [Fact]
    public void Decode_AtEachLimit_IsAcceptedAndAboveIt_Refused()
    {
        var limits = new ManifestLimits { MaxBytes = 200, MaxGroups = 2, MaxServices = 2, MaxListItems = 3, MaxItems = 9, MaxTextBytes = 4, MaxDepth = 5 };

        Assert.Equal(2, ManifestDecoder.Decode(Bytes("""[{"name":"abcd"},{"services":[{"env":["1","2","3"]},{}]}]"""), limits).Groups.Count);
        AssertRefused("[{},{},{}]", "has more than 2 entries");
        AssertRefused("""[{"services":[{},{},{}]}]""", "[0].services: has more than 2 entries");
        AssertRefused("""[{"services":[{"env":["","","",""]}]}]""", "[0].services[0].env: has more than 3 entries");
        AssertRefused("""[{"services":[{"env":["","",""],"args":["","",""],"command":["",""]}]}]""", "the manifest has more than 9 list entries");
        AssertRefused("""[{"name":"abcde"}]""", "[0].name: is longer than 4 bytes");
        AssertRefused("""[{"x":[[[[]]]]}]""", "nested too deeply");
        AssertRefused("[" + new string(' ', 200) + "]", "the manifest is larger than 200 bytes");

        void AssertRefused(string json, string message) =>
            Assert.Contains(message, Assert.Throws<ManifestException>(() => ManifestDecoder.Decode(Bytes(json), limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_TwentyThousandBraces_IsRefused()
    {
        Assert.Throws<ManifestException>(() => Decode(string.Concat(Enumerable.Repeat("[{\"services\":", 20_000))));
        Assert.Throws<ManifestException>(() => Decode("[{\"x\":" + new string('[', 20_000)));
    }

    private static ManifestService DecodeService(string json) => Decode($$"""[{"name":"g","services":[{{json}}]}]""").Groups[0].Services[0];

    private static Manifest Decode(string json) => ManifestDecoder.Decode(Bytes(json));

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
