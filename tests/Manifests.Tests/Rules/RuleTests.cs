using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests.Tests.Rules;

public sealed class RuleTests
{
    private static readonly AccountAddress Alice = AccountAddress.Parse("akash1alice");
    private static readonly AccountAddress Bob = AccountAddress.Parse("akash1bob");

    [Theory]
    [InlineData("web,db", "db,web", null)]
    [InlineData("web,db", "web", "service db not found: manifest service rename is not allowed")]
    [InlineData("web", "db,web", "service db not found: manifest service rename is not allowed")]
    [InlineData("web", "www", "service www not found: manifest service rename is not allowed")]
    public void CheckUpdate_ServiceSet_MayNotChange(string running, string next, string? message)
    {
        var refusal = UpdateRules.Check(Group(running), Group(next));

        Assert.Equal(message, refusal?.Message);
        Assert.Equal(message is null ? null : ManifestRule.Update, refusal?.Rule);
    }

    [Theory]
    [InlineData("a.example.com", null)]
    [InlineData("free.example.com", null)]
    [InlineData("bob.example.com", "hostname not allowed: host \"bob.example.com\" in use")]
    [InlineData("bad.example.com", "hostname not allowed: \"bad.example.com\" is blocked by this provider")]
    [InlineData("x.bad.example.com", null)]
    [InlineData("evil.com", "hostname not allowed: domain \"evil.com\" is blocked by this provider")]
    [InlineData("x.y.evil.com", "hostname not allowed: domain \"x.y.evil.com\" is blocked by this provider")]
    [InlineData("notevil.com", null)]
    public void CheckHostNames_BlockedOrTaken_IsRefused(string host, string? message)
    {
        var policy = new HostNamePolicy(true, ValueList.Create(["Bad.example.com", ".evil.com"]));
        AccountAddress? Holder(string name) => name switch { "a.example.com" => Alice, "bob.example.com" => Bob, _ => null };

        Assert.Equal(message, HostNameRules.Check(Ingress(host), Alice, policy, Holder)?.Message);
    }

    [Fact]
    public void CheckHostNames_NoNameOfTheProvidersOwn_NeedsOneOfTheTenants()
    {
        var policy = new HostNamePolicy(false, ValueList.Create<string>([]));

        Assert.Equal(
            "manifest rejected: service \"web\" exposed on 80:TCP must have a hostname",
            HostNameRules.Check(Ingress(), Alice, policy, _ => null)?.Message);
        Assert.Null(HostNameRules.Check(Ingress("a.example.com"), Alice, policy, _ => null));
    }

    [Fact]
    public void CheckStructure_SameServiceTwice_IsRefused()
    {
        var service = Valid("web");

        var refusal = StructureRules.Check(new([new("g", [service, service])]));

        Assert.Equal("invalid manifest: duplicate service \"web\"", refusal?.Message);
    }

    [Fact]
    public void CheckStructure_ServiceNameLongerThanADnsLabel_IsRefused()
    {
        Assert.Null(StructureRules.Check(new([new("g", [Valid(new('a', 63))])])));
        Assert.Contains("name is invalid", StructureRules.Check(new([new("g", [Valid(new('a', 64))])]))?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckStructure_EndlessName_IsCutInTheMessage()
    {
        var refusal = StructureRules.Check(new([new("g", [Valid(new('A', 1_000_000))])]));

        Assert.Equal(ManifestRefusal.MaxMessageLength + 1, refusal?.Message.Length);
    }

    [Fact]
    public void CheckGroups_ReplicasOfOneUnit_AreSharedByItsServices()
    {
        var unit = new Resources { Id = 1, Cpu = new(10), Memory = new(20), Storage = [], Endpoints = [new(EndpointKind.RandomPort, 0)] };
        GroupSpec Spec(int count) => new("g", PlacementRequirements.None, [new(unit, count, Rate.PerTick(Decimal18.One, Denom.Parse("uact")))]);
        var first = Valid("a") with { Count = 2 };
        var second = Valid("b") with { Count = 3, Expose = null };

        Assert.Null(GroupRules.Check(new([new("g", [first, second])]), [Spec(5)]));
        Assert.Equal(
            "manifest cross-validation error: group \"g\": service \"b\": over-utilized replicas (3) > group spec resources count (2)",
            GroupRules.Check(new([new("g", [first, second])]), [Spec(4)])?.Message);
        Assert.Equal(
            "manifest cross-validation error: group \"g\": resources ID (1): under-utilized (1) resources",
            GroupRules.Check(new([new("g", [first, second])]), [Spec(6)])?.Message);
    }

    [Fact]
    public void CheckGroups_HugeCounts_DoNotWrapAround()
    {
        var unit = new Resources { Id = 1, Cpu = new(10), Memory = new(20), Storage = [], Endpoints = [new(EndpointKind.RandomPort, 0)] };
        var spec = new GroupSpec("g", PlacementRequirements.None, [new(unit, int.MaxValue, Rate.PerTick(Decimal18.One, Denom.Parse("uact")))]);

        var refusal = GroupRules.Check(new([new("g", [Valid("a") with { Count = uint.MaxValue }])]), [spec]);

        Assert.Contains("over-utilized replicas (4294967295) > group spec resources count (2147483647)", refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckGroups_VolumesDifferInNumber_IsAMismatchAndNoCrash()
    {
        var unit = new Resources { Id = 1, Cpu = new(10), Memory = new(20), Storage = [new("d", new(1), [])] };
        var spec = new GroupSpec("g", PlacementRequirements.None, [new(unit, 1, Rate.PerTick(Decimal18.One, Denom.Parse("uact")))]);

        Assert.Contains("Storage resources mismatch for ID 1", GroupRules.Check(new([new("g", [Valid("a")])]), [spec])?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain é 漢", "\"plain é 漢\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\n\t\0\u007f", "\"\\n\\t\\x00\\x7f\"")]
    [InlineData("\u200b\u00a0", "\"\\u200b\\u00a0\"")]
    public void Quote_Text_IsPrintedAsTheReferenceDoes(string text, string expected) => Assert.Equal(expected, GoText.Quote(text));

    [Fact]
    public void Compare_AboveTheBasicPlane_IsByBytes()
    {
        Assert.True(GoText.Compare("\uFFFD", "\uD83D\uDE00") < 0);
        Assert.True(GoText.Compare("a", "ab") < 0);
        Assert.True(GoText.Compare("b", "ab") > 0);
        Assert.Equal(0, GoText.Compare("é", "é"));
    }

    private static ManifestGroup Group(string services) => new("g", services.Split(',').Select(name => new ManifestService { Name = name }).ToValueList());

    private static ManifestGroup Ingress(params string[] hosts) =>
        new("g", [Valid("web") with { Expose = [new() { Port = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = ValueList.Create<string>(hosts) }] }]);

    private static ManifestService Valid(string name) => new()
    {
        Name = name,
        Image = "i",
        Count = 1,
        Resources = new() { Id = 1, Cpu = new(new(10), []), Memory = new(new(20), []), Gpu = new(0, []), Storage = [], Endpoints = [] },
        Expose = [new() { Port = 1, Proto = ServiceExpose.Tcp, Global = true }],
    };
}
