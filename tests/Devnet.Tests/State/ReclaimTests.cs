using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class ReclaimTests
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(2);

    [Fact]
    public void Notice_WholeWay_LeaseEndsOnlyAfterTheDeadline()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease(window: Window);
        chain.Send(chain.Provider, Market.CloseBid(lease)).Is("market", 37);

        var started = chain.Do(chain.Provider, Market.StartReclaim(lease));
        var notice = chain.State.Leases.Find(lease)!;
        var blockTime = chain.Engine.View().Latest!.Time;
        Assert.Equal(["EventLeaseReclaimStarted"], started.TypedEvents());
        Assert.Equal(LeaseState.Reclaiming, notice.State);
        Assert.Equal(chain.Height, notice.Reclaim!.StartedAt);
        Assert.Equal((blockTime + Window).ToUnixTimeSeconds(), notice.Reclaim.Deadline);

        chain.Send(chain.Provider, Market.StartReclaim(lease)).Is("market", 10);
        chain.Send(chain.Provider, Market.CloseBid(lease)).Is("market", 38);
        chain.Do(chain.Provider, Market.Withdraw(lease));

        chain.ProduceAt(blockTime + Window);
        chain.Do(chain.Provider, Market.CloseBid(lease, WireReason.Decommission));
        Assert.Equal((LeaseState.Closed, WireReason.Decommission), (chain.State.Leases.Find(lease)!.State, chain.State.Leases.Find(lease)!.Reason));
    }

    [Fact]
    public void StartReclaim_WithoutAPromise_Is35()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();

        chain.Send(chain.Provider, Market.StartReclaim(lease)).Is("market", 35);
    }

    [Fact]
    public void StartReclaim_UnknownLease_Is7()
    {
        using var chain = new TestChain();

        chain.Send(chain.Provider, Market.StartReclaim(Market.Lease(chain.Tenant, chain.Provider))).Is("market", 7);
    }

    [Fact]
    public void StartReclaim_NotAProvidersReason_Is33()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease(window: Window);

        chain.Submit(chain.Provider, Market.StartReclaim(lease, WireReason.LeaseClosedOwner)).Result().Is("market", 33);
    }

    [Fact]
    public void CloseLease_DuringTheNotice_TheTenantMay()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease(window: Window);
        chain.Do(chain.Provider, Market.StartReclaim(lease));

        chain.Do(chain.Tenant, Market.CloseLease(lease));

        Assert.Equal(LeaseState.Closed, chain.State.Leases.Find(lease)!.State);
    }

    [Fact]
    public void OlderNode_KnowsNothingOfNotices()
    {
        using var chain = new TestChain(genesis => genesis with { Parameters = genesis.Parameters with { HasReclamation = false } });
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        var deployment = Market.CreateDeployment(chain.Tenant, dseq: 101);
        deployment.Reclamation = new();

        chain.Submit(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider, window: Window)).Result().Is("sdk", 2);
        chain.Submit(chain.Tenant, deployment).Result().Is("sdk", 2);
        chain.Submit(chain.Provider, Market.StartReclaim(new LeaseId(Market.Order(chain.Tenant), chain.Provider.Address))).Result().Is("sdk", 2);
        chain.Do(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider));
    }
}
