using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Who holds which host name.</summary>
public sealed class HostNameBookTests : IDisposable
{
    private static readonly LeaseId Lease = Build.Lease;
    private static readonly LeaseId Successor = LeaseId.Parse("akash1tenant/7/1/2/akash1provider");
    private static readonly LeaseId Sibling = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");
    private static readonly LeaseId Stranger = LeaseId.Parse("akash1stranger/7/1/1/akash1provider");

    private readonly MemoryStores _stores = new();
    private readonly ManualTimeProvider _time = new();
    private readonly HostNameBook _book;

    public HostNameBookTests() => _book = new(_stores, _time);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task Reserve_HeldByAnotherOwner_TakesNothing()
    {
        Assert.Null(await ReserveAsync(Stranger, "a.example.org"));

        Assert.Equal("a.example.org", await ReserveAsync(Lease, "b.example.org", "a.example.org"));

        Assert.Empty(_book.Of(Lease));
        Assert.Equal(Stranger, Assert.Single(_stores.HostNames).Lease);
    }

    [Fact]
    public async Task Reserve_HeldByASibling_StaysThereAndIsNoRefusal()
    {
        await ReserveAsync(Lease, "a.example.org");

        Assert.Null(await ReserveAsync(Sibling, "a.example.org", "b.example.org"));

        Assert.Equal([("a.example.org", Lease), ("b.example.org", Sibling)], _stores.HostNames.OrderBy(held => held.Name).Select(held => (held.Name, held.Lease)));
    }

    [Fact]
    public async Task Reserve_HeldByTheLeaseBeforeOfTheSameGroup_GoesOver()
    {
        await ReserveAsync(Lease, "a.example.org");

        await ReserveAsync(Successor, "a.example.org");
        await _book.ReleaseAsync(Lease, [], default);

        Assert.Equal(Successor, _book.Find("a.example.org")?.Lease);
    }

    [Fact]
    public async Task Move_BetweenLeasesOfOneOwner_TakesTheProofAlong()
    {
        await ReserveAsync(Lease, "a.example.org");
        await _book.ProveAsync("a.example.org", Lease.Owner, default);

        Assert.Null((await _book.MoveAsync(Sibling, ["a.example.org", "free.example.org"], default)).TakenByOther);

        Assert.Equal(new HeldHostName("a.example.org", Sibling, _time.GetUtcNow()), _book.Find("a.example.org"));
        Assert.Equal(new HeldHostName("free.example.org", Sibling, null), _book.Find("free.example.org"));
    }

    [Fact]
    public async Task Move_NameOfAnotherOwner_MovesNothing()
    {
        await ReserveAsync(Lease, "a.example.org");
        await ReserveAsync(Stranger, "b.example.org");

        Assert.Equal("b.example.org", (await _book.MoveAsync(Sibling, ["a.example.org", "b.example.org"], default)).TakenByOther);

        Assert.Equal(Lease, _book.Find("a.example.org")?.Lease);
    }

    [Fact]
    public async Task Release_SomeKept_GivesUpTheOthersForAnybody()
    {
        await ReserveAsync(Lease, "a.example.org", "b.example.org");
        await _book.ProveAsync("b.example.org", Lease.Owner, default);

        await _book.ReleaseAsync(Lease, ["a.example.org"], default);

        Assert.Null(await ReserveAsync(Stranger, "b.example.org"));
        Assert.Null(_book.Find("b.example.org")?.ProvenAt);
        Assert.Equal("a.example.org", Assert.Single(_book.Of(Lease)).Name);
    }

    [Fact]
    public async Task Prove_OwnerThatDoesNotHoldIt_ChangesNothing()
    {
        await ReserveAsync(Lease, "a.example.org");

        await _book.ProveAsync("a.example.org", Stranger.Owner, default);

        Assert.Null(_book.Find("a.example.org")?.ProvenAt);
    }

    [Fact]
    public async Task Load_AfterARestart_KnowsEverything()
    {
        await ReserveAsync(Lease, "a.example.org");
        await _book.ProveAsync("a.example.org", Lease.Owner, default);

        using var again = new HostNameBook(_stores, _time);
        await again.LoadAsync(default);

        Assert.Equal(_book.Find("a.example.org"), again.Find("a.example.org"));
    }

    [Fact]
    public async Task Changed_OnlyWhenSomethingDid_IsRaised()
    {
        var raised = 0;
        _book.Changed += () => raised++;

        await ReserveAsync(Lease, "a.example.org");
        await ReserveAsync(Lease, "a.example.org");
        await _book.ReleaseAsync(Sibling, [], default);

        Assert.Equal(1, raised);
    }

    private Task<string?> ReserveAsync(LeaseId lease, params string[] names) => _book.ReserveAsync(lease, names, default);
}
