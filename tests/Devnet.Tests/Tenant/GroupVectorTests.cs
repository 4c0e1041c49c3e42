using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Wire.Deployment.V1Beta4;
using ProviderAgent.Manifests;

namespace ProviderAgent.Devnet.Tests.Tenant;

/// <summary>The groups that a tenant posts are, byte for byte, what the market's own tools post for the same SDL.</summary>
public sealed class GroupVectorTests
{
    public static TheoryData<string> Sdls()
    {
        var names = new TheoryData<string>();
        foreach (var folder in Directory.GetDirectories(Repository.Vector("gateway/sdl")).Order(StringComparer.Ordinal)) names.Add(Path.GetFileName(folder));
        return names;
    }

    [Theory]
    [MemberData(nameof(Sdls))]
    public void Groups_OfEachGoldenSdl_HaveTheKnownBytes(string name)
    {
        var golden = Repository.VectorJson($"gateway/sdl/{name}/expected.json")["group_spec_protobuf_hex"]!.AsArray().Select(hex => Convert.FromHexString(hex!.ToString())).ToArray();
        var expected = golden.Select(GroupSpec.Parser.ParseFrom).ToArray();
        Assert.Equal(golden, expected.Select(group => group.ToByteArray())); // nothing is lost by reading them

        // The golden prices went through their maker's scaling to 18 digits twice; the wire has it once, as the messages of vectors/chain show.
        foreach (var unit in expected.SelectMany(group => group.Resources)) unit.Price.Amount = Unscaled(unit.Price.Amount);
        var sdl = SdlReader.Read(File.ReadAllText(Repository.Vector($"gateway/sdl/{name}/sdl.yaml")));

        Assert.Equal(expected.Select(group => group.ToByteArray()), sdl.Groups.Select(group => WireGroups.ToWire(group).ToByteArray()));
    }

    private static string Unscaled(string amount)
    {
        Assert.EndsWith(new string('0', 18), amount, StringComparison.Ordinal);
        return amount[..^18];
    }
}
