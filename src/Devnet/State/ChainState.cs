using System.Security.Cryptography;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State;

/// <summary>Everything that the chain knows at one height. Immutable; older states stay readable for as long as somebody holds them.</summary>
internal sealed record ChainState
{
    public required string ChainId { get; init; }

    public required ChainParameters Parameters { get; init; }

    /// <summary>The number that the next new account gets.</summary>
    public ulong NextAccountNumber { get; init; }

    public Table<AccountAddress, AccountRow> Accounts { get; init; } = Table<AccountAddress, AccountRow>.Empty("accounts", IdOrder.Accounts);

    public Table<BalanceId, BalanceRow> Balances { get; init; } = Table<BalanceId, BalanceRow>.Empty("balances", BalanceId.Order);

    public Table<DeploymentId, DeploymentRow> Deployments { get; init; } = Table<DeploymentId, DeploymentRow>.Empty("deployments", IdOrder.Deployments);

    public Table<GroupId, GroupRow> Groups { get; init; } = Table<GroupId, GroupRow>.Empty("groups", IdOrder.Groups);

    public Table<OrderId, OrderRow> Orders { get; init; } = Table<OrderId, OrderRow>.Empty("orders", IdOrder.Orders);

    public Table<BidId, BidRow> Bids { get; init; } = Table<BidId, BidRow>.Empty("bids", IdOrder.Bids);

    public Table<LeaseId, LeaseRow> Leases { get; init; } = Table<LeaseId, LeaseRow>.Empty("leases", IdOrder.Leases);

    public Table<EscrowAccountId, EscrowAccountRow> EscrowAccounts { get; init; } =
        Table<EscrowAccountId, EscrowAccountRow>.Empty("escrow_accounts", EscrowAccountId.Order);

    public Table<EscrowPaymentId, EscrowPaymentRow> EscrowPayments { get; init; } =
        Table<EscrowPaymentId, EscrowPaymentRow>.Empty("escrow_payments", EscrowPaymentId.Order);

    public Table<AccountAddress, ProviderRow> Providers { get; init; } = Table<AccountAddress, ProviderRow>.Empty("providers", IdOrder.Accounts);

    public Table<CertificateId, CertificateRow> Certificates { get; init; } =
        Table<CertificateId, CertificateRow>.Empty("certificates", CertificateId.Order);

    public Table<AuditId, AuditRow> Audits { get; init; } = Table<AuditId, AuditRow>.Empty("audits", AuditId.Order);

    public Table<NonceId, NonceRow> Nonces { get; init; } = Table<NonceId, NonceRow>.Empty("nonces", NonceId.Order);

    public Table<FeeGrantId, FeeGrantRow> FeeGrants { get; init; } = Table<FeeGrantId, FeeGrantRow>.Empty("fee_grants", FeeGrantId.Order);

    public Table<BmeRecordId, BmeRow> BmeRecords { get; init; } = Table<BmeRecordId, BmeRow>.Empty("bme_records", BmeRecordId.Order);

    /// <summary>Fingerprint of the whole state, 32 bytes: two chains that did the same have the same.</summary>
    public byte[] ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        StateDigest[] tables =
        [
            Accounts.Digest, Balances.Digest, Deployments.Digest, Groups.Digest, Orders.Digest, Bids.Digest, Leases.Digest,
            EscrowAccounts.Digest, EscrowPayments.Digest, Providers.Digest, Certificates.Digest, Audits.Digest, Nonces.Digest, FeeGrants.Digest,
            BmeRecords.Digest,
        ];
        foreach (var table in tables) hash.AppendData(table.ToBytes());
        hash.AppendData(BitConverter.GetBytes(NextAccountNumber));
        return hash.GetHashAndReset();
    }
}
