using System.Text.Json.Serialization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tenant;

/// <summary>A transaction that is in a block.</summary>
/// <param name="Transaction">Its hash.</param>
/// <param name="Height">The block.</param>
/// <param name="GasUsed">What it took.</param>
/// <param name="Fee">What was paid, for example <c>6250uakt</c>.</param>
public sealed record TenantReceipt(string Transaction, long Height, long GasUsed, string Fee);

/// <summary>A deployment that was posted.</summary>
/// <param name="Dseq">Its number among the tenant's deployments.</param>
/// <param name="Owner">The tenant.</param>
/// <param name="Manifest">Hash that the manifest must have.</param>
/// <param name="Groups">Names of its groups, by number from 1.</param>
/// <param name="Receipt">The transaction.</param>
public sealed record TenantDeployment(ulong Dseq, string Owner, string Manifest, IReadOnlyList<string> Groups, TenantReceipt Receipt)
{
    [JsonIgnore]
    public DeploymentId Id => new(AccountAddress.Parse(Owner), Dseq);
}

/// <summary>A bid on one of the tenant's orders.</summary>
/// <param name="Bid">Its id: <c>owner/dseq/gseq/oseq/provider</c>.</param>
/// <param name="Provider">Who offers.</param>
/// <param name="State">open, active, lost or closed.</param>
/// <param name="Price">Per block for the whole group, for example <c>9100.5</c>.</param>
/// <param name="Denom">The coin of the price.</param>
/// <param name="ReclaimWindowSeconds">The notice that the provider promises; null when it promises none.</param>
public sealed record TenantBid(string Bid, string Provider, string State, string Price, string Denom, long? ReclaimWindowSeconds)
{
    [JsonIgnore]
    public BidId Id => BidId.Parse(Bid);
}

/// <summary>A lease that was made.</summary>
/// <param name="Lease">Its id: <c>owner/dseq/gseq/oseq/provider</c>.</param>
/// <param name="Receipt">The transaction.</param>
public sealed record TenantLease(string Lease, TenantReceipt Receipt)
{
    [JsonIgnore]
    public LeaseId Id => LeaseId.Parse(Lease);
}

/// <summary>A provider that took the manifest.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="HostUri">Where it was sent.</param>
public sealed record TenantManifestReceipt(string Provider, string HostUri);

/// <summary>One line that a workload wrote.</summary>
/// <param name="Instance">Service and replica, for example <c>web-0</c>.</param>
/// <param name="Message">The line.</param>
public sealed record TenantLogLine(string Instance, string Message);
