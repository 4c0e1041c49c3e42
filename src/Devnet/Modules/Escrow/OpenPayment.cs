using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>A payment while it is being worked on.</summary>
internal sealed class OpenPayment(EscrowPaymentRow row)
{
    public EscrowPaymentId Id => row.Id;

    public AccountAddress Owner => row.Owner;

    public ChainPrice Rate => row.Rate;

    /// <summary>Its state before the work began.</summary>
    public WireState StateBefore => row.State;

    public WireState State { get; set; } = row.State;

    public Decimal18 Balance { get; set; } = row.Balance;

    public Decimal18 Unsettled { get; set; } = row.Unsettled;

    public ChainCoin Withdrawn { get; set; } = row.Withdrawn;

    /// <summary>Set by whatever changed the payment; an untouched one is not written back.</summary>
    public bool IsDirty { get; set; }

    public EscrowPaymentRow ToRow() => row with { State = State, Balance = Balance, Unsettled = Unsettled, Withdrawn = Withdrawn };
}
