using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>What stands against a manifest's host names, and moving them.</summary>
public sealed class HostNameClaimsTests : IDisposable
{
    private static readonly LeaseId Sibling = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");
    private static readonly LeaseId Stranger = LeaseId.Parse("akash1stranger/7/1/1/akash1provider");

    private readonly MemoryStores _stores = new();
    private readonly ManualTimeProvider _time = new();
    private readonly SettableOptions<IngressOptions> _options = new(new());
    private readonly HostNameBook _names;
    private readonly LeaseBook _leases;
    private readonly HostNameClaims _claims;

    public HostNameClaimsTests()
    {
        _names = new(_stores, _time);
        _leases = new(_stores, _time, NullLogger<LeaseBook>.Instance);
        _claims = new(_names, _leases, _stores, new ProviderName(), _options);
    }

    public void Dispose()
    {
        _names.Dispose();
        _leases.Dispose();
    }

    [Theory]
    [InlineData("a.ingress.example.com", "domain \"a.ingress.example.com\" is blocked")]
    [InlineData("ingress.example.com", "domain \"ingress.example.com\" is blocked")]
    [InlineData("provider.example.com", "\"provider.example.com\" is blocked")]
    [InlineData("localhost", "\"localhost\" is blocked")]
    [InlineData("www.blocked.org", "domain \"www.blocked.org\" is blocked")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234.org", "is no host name")]
    public async Task Claim_NameThatNobodyGets_IsRefused(string host, string words)
    {
        _options.CurrentValue.Blocked.Add(".blocked.org");

        var refusal = await _claims.ClaimAsync(Build.Lease, Web("good.example.org", host), default);

        Assert.Contains(words, refusal?.Message, StringComparison.Ordinal);
        Assert.StartsWith("hostname not allowed: ", refusal?.Message, StringComparison.Ordinal);
        Assert.Empty(_stores.HostNames);
    }

    [Trait(Pain.Trait, Pain.DomainHijack)]
    [Fact]
    public async Task Claim_OneOfAnotherOwner_IsRefusedAsAWhole()
    {
        Assert.Null(await _claims.ClaimAsync(Stranger, Web("a.example.org"), default));

        Assert.Equal("hostname not allowed: host \"a.example.org\" in use", (await _claims.ClaimAsync(Build.Lease, Web("b.example.org", "a.example.org"), default))?.Message);

        Assert.Equal(Stranger, Assert.Single(_stores.HostNames).Lease);
    }

    [Fact]
    public async Task Claim_MoreThanALeaseMayHave_IsRefused() => Assert.Contains(
        "at most 100 host names",
        (await _claims.ClaimAsync(Build.Lease, Web([.. Enumerable.Range(0, 101).Select(i => $"h{i}.example.org")]), default))?.Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Claim_NoGeneratedNames_NeedsOneOfTheTenants()
    {
        _options.Set(new() { GeneratedNames = false });

        Assert.Contains("must have a hostname", (await _claims.ClaimAsync(Build.Lease, Web(), default))?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Move_ToALeaseThatNamesIt_Moves()
    {
        await _claims.ClaimAsync(Build.Lease, Web("a.example.org"), default);
        await RunAsync(Sibling, Web("A.example.org"));

        Assert.Equal(new HostNameMoveOutcome(HasDestination: true), await _claims.MoveAsync(Sibling.Group, ["a.example.org"], default));
        Assert.Equal(Sibling, _names.Find("a.example.org")?.Lease);
        Assert.Equal("b.example.org", (await _claims.MoveAsync(Sibling.Group, ["b.example.org"], default)).NotNamed);
        Assert.False((await _claims.MoveAsync(Build.Lease.Group, ["a.example.org"], default)).HasDestination);
    }

    [Fact]
    public async Task Move_NameOfAnotherOwner_IsRefused()
    {
        await _claims.ClaimAsync(Stranger, Web("a.example.org"), default);
        await RunAsync(Sibling, Web("a.example.org"));

        Assert.Equal("a.example.org", (await _claims.MoveAsync(Sibling.Group, ["a.example.org"], default)).Taken);
        Assert.Equal(Stranger, _names.Find("a.example.org")?.Lease);
    }

    private async Task RunAsync(LeaseId lease, ManifestGroup group)
    {
        var manifest = new Manifest([group]);
        var record = new LeaseRecord { Id = lease, Stage = LeaseStage.Active, Price = Rate.PerTick(Decimal18.Parse("1"), Denom.Parse("uact")), CreatedAt = default, SeenAt = default, Manifest = CanonicalManifest.Hash(manifest) };
        await ((IManifestStore)_stores).SaveAsync(lease, new(CanonicalManifest.Hash(manifest), CanonicalManifest.Encode(manifest)), null, default);
        await ((ILeaseStore)_stores).SaveAsync(record, default);
        await _leases.LoadAsync(default);
    }

    private static ManifestGroup Web(params string[] hosts) =>
        new("west", [Build.Service() with { Expose = [new ServiceExpose { Port = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = [.. hosts] }] }]);

    private sealed class ProviderName : IPublicHostName
    {
        public string Value => "provider.example.com";

        public string IngressDomain => "ingress.example.com";
    }
}
