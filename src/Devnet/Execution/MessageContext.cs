using Google.Protobuf;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Execution;

/// <summary>The block in which something is executed.</summary>
internal readonly record struct BlockClock(long Height, DateTimeOffset Time);

/// <summary>The state as one transaction sees and changes it. Dropped when it fails; <see cref="ToState"/> keeps its changes.</summary>
internal sealed class MessageContext(ChainState start, BlockClock block, GasMeter gas)
{
    private readonly List<ChainEvent> _events = [];

    public string ChainId => start.ChainId;

    public ChainParameters Parameters => start.Parameters;

    /// <summary>Height of the block.</summary>
    public long Height => block.Height;

    /// <summary>Time of the block, the only clock that transactions know.</summary>
    public DateTimeOffset Time => block.Time;

    public GasMeter Gas => gas;

    public IReadOnlyList<ChainEvent> Events => _events;

    public ulong NextAccountNumber { get; set; } = start.NextAccountNumber;

    public Store<AccountAddress, AccountRow> Accounts { get; } = new(start.Accounts, gas);

    public Store<BalanceId, BalanceRow> Balances { get; } = new(start.Balances, gas);

    public Store<DeploymentId, DeploymentRow> Deployments { get; } = new(start.Deployments, gas);

    public Store<GroupId, GroupRow> Groups { get; } = new(start.Groups, gas);

    public Store<OrderId, OrderRow> Orders { get; } = new(start.Orders, gas);

    public Store<BidId, BidRow> Bids { get; } = new(start.Bids, gas);

    public Store<LeaseId, LeaseRow> Leases { get; } = new(start.Leases, gas);

    public Store<EscrowAccountId, EscrowAccountRow> EscrowAccounts { get; } = new(start.EscrowAccounts, gas);

    public Store<EscrowPaymentId, EscrowPaymentRow> EscrowPayments { get; } = new(start.EscrowPayments, gas);

    public Store<AccountAddress, ProviderRow> Providers { get; } = new(start.Providers, gas);

    public Store<CertificateId, CertificateRow> Certificates { get; } = new(start.Certificates, gas);

    public Store<AuditId, AuditRow> Audits { get; } = new(start.Audits, gas);

    public Store<NonceId, NonceRow> Nonces { get; } = new(start.Nonces, gas);

    public Store<FeeGrantId, FeeGrantRow> FeeGrants { get; } = new(start.FeeGrants, gas);

    public Store<BmeRecordId, BmeRow> BmeRecords { get; } = new(start.BmeRecords, gas);

    /// <summary>What the message that is carried out answers, where that has content.</summary>
    public IMessage? Response { get; private set; }

    public void Respond(IMessage response) => Response = response;

    /// <summary>The answer of the last message, which is then forgotten.</summary>
    public IMessage? TakeResponse()
    {
        var response = Response;
        Response = null;
        return response;
    }

    public void Emit(ChainEvent raised) => _events.Add(raised);

    /// <summary>The starting state with everything that was changed since.</summary>
    public ChainState ToState() => start with
    {
        NextAccountNumber = NextAccountNumber,
        Accounts = Accounts.Table,
        Balances = Balances.Table,
        Deployments = Deployments.Table,
        Groups = Groups.Table,
        Orders = Orders.Table,
        Bids = Bids.Table,
        Leases = Leases.Table,
        EscrowAccounts = EscrowAccounts.Table,
        EscrowPayments = EscrowPayments.Table,
        Providers = Providers.Table,
        Certificates = Certificates.Table,
        Audits = Audits.Table,
        Nonces = Nonces.Table,
        FeeGrants = FeeGrants.Table,
        BmeRecords = BmeRecords.Table,
    };
}
