using System.Globalization;
using ProviderAgent.Marketplace;
using WireScope = ProviderAgent.Chain.Wire.Escrow.Id.Scope;

namespace ProviderAgent.Devnet.State.Rows;

/// <summary>An escrow account: of a deployment (<c>owner/dseq</c>) or of a bid (<c>owner/dseq/gseq/oseq/provider</c>).</summary>
internal readonly record struct EscrowAccountId(WireScope Scope, string Xid)
{
    public static IComparer<EscrowAccountId> Order { get; } = Comparer<EscrowAccountId>.Create((x, y) => string.CompareOrdinal(x.ToString(), y.ToString()));

    public static EscrowAccountId Of(DeploymentId id) => new(WireScope.Deployment, id.ToString());

    public static EscrowAccountId Of(BidId id) => new(WireScope.Bid, id.ToString());

    /// <summary>The deployment that this account pays for; null for a bid's account.</summary>
    public DeploymentId? Deployment => Scope == WireScope.Deployment && DeploymentId.TryParse(Xid, out var id) ? id : null;

    public Wire.Escrow.Id.Account ToWire() => new() { Scope = Scope, Xid = Xid };

    /// <summary>The form that queries search by: <c>deployment/owner/dseq</c>.</summary>
    public override string ToString() => $"{ScopeName(Scope)}/{Xid}";

    public static string ScopeName(WireScope scope) => scope switch
    {
        WireScope.Deployment => "deployment",
        WireScope.Bid => "bid",
        _ => "invalid",
    };
}

/// <summary>The payment of a lease out of its deployment's account.</summary>
internal readonly record struct EscrowPaymentId(LeaseId Lease)
{
    public static IComparer<EscrowPaymentId> Order { get; } = Comparer<EscrowPaymentId>.Create((x, y) => string.CompareOrdinal(x.ToString(), y.ToString()));

    public EscrowAccountId Account => EscrowAccountId.Of(Lease.Deployment);

    public Wire.Escrow.Id.Payment ToWire() => new() { Aid = Account.ToWire(), Xid = Xid };

    public override string ToString() => $"{Account}/{Xid}";

    private string Xid => string.Create(CultureInfo.InvariantCulture, $"{Lease.Order.Gseq}/{Lease.Order.Oseq}/{Lease.Provider}");
}
