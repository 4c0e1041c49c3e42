using System.Text.Json.Serialization;
using ProviderAgent.Devnet.Tenant;

namespace ProviderAgent.Cli.Verbs.Devnet;

/// <param name="Schema">Version of this document.</param>
/// <param name="ChainId">The network.</param>
/// <param name="Rpc">Where it answers.</param>
/// <param name="Height">Its latest block.</param>
/// <param name="Provider">Funded account for a provider.</param>
/// <param name="ProviderKey">Its key file.</param>
/// <param name="Tenant">Funded account for a tenant.</param>
/// <param name="TenantKey">Its key file.</param>
internal sealed record DevnetView(int Schema, string ChainId, string Rpc, long Height, string Provider, string ProviderKey, string Tenant, string TenantKey);

/// <param name="Schema">Version of this document.</param>
/// <param name="Dseq">The deployment's number.</param>
/// <param name="Owner">The tenant.</param>
/// <param name="Manifest">Hash that the manifest must have.</param>
/// <param name="Orders">One per group.</param>
/// <param name="Transaction">Its hash.</param>
/// <param name="Height">Its block.</param>
/// <param name="Fee">What it cost.</param>
internal sealed record DeploymentView(int Schema, ulong Dseq, string Owner, string Manifest, IReadOnlyList<string> Orders, string Transaction, long Height, string Fee);

/// <param name="Schema">Version of this document.</param>
/// <param name="Bids">Cheapest open ones first.</param>
internal sealed record TenantBidsView(int Schema, IReadOnlyList<TenantBid> Bids);

/// <param name="Schema">Version of this document.</param>
/// <param name="Lease">Its id.</param>
/// <param name="Transaction">Its hash.</param>
/// <param name="Height">Its block.</param>
/// <param name="Fee">What it cost.</param>
internal sealed record TenantLeaseView(int Schema, string Lease, string Transaction, long Height, string Fee);

/// <param name="Schema">Version of this document.</param>
/// <param name="Receipts">One per provider.</param>
internal sealed record ManifestReceiptsView(int Schema, IReadOnlyList<TenantManifestReceipt> Receipts);

/// <param name="Schema">Version of this document.</param>
/// <param name="Leases">One per running lease.</param>
internal sealed record LeaseStatusesView(int Schema, IReadOnlyList<LeaseStatusView> Leases);

/// <param name="Lease">Its id.</param>
/// <param name="Status">What its provider says; null while it is not up.</param>
internal sealed record LeaseStatusView(string Lease, TenantLeaseStatus? Status);

/// <param name="Schema">Version of this document.</param>
/// <param name="Result">What was done.</param>
/// <param name="Transaction">Its hash.</param>
/// <param name="Height">Its block.</param>
/// <param name="Fee">What it cost.</param>
internal sealed record ReceiptView(int Schema, string Result, string Transaction, long Height, string Fee);

/// <param name="Schema">Version of this document.</param>
/// <param name="Account">Whose.</param>
/// <param name="Coins">Amount by coin.</param>
internal sealed record BalanceView(int Schema, string Account, IReadOnlyDictionary<string, string> Coins);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DevnetView))]
[JsonSerializable(typeof(DeploymentView))]
[JsonSerializable(typeof(TenantBidsView))]
[JsonSerializable(typeof(TenantLeaseView))]
[JsonSerializable(typeof(ManifestReceiptsView))]
[JsonSerializable(typeof(LeaseStatusesView))]
[JsonSerializable(typeof(ReceiptView))]
[JsonSerializable(typeof(BalanceView))]
internal sealed partial class DevnetJson : JsonSerializerContext;
