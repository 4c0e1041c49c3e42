using Google.Protobuf;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The payment.</param>
/// <param name="Owner">The provider.</param>
/// <param name="State">Open, closed or overdrawn.</param>
/// <param name="Rate">Per block.</param>
/// <param name="Balance">Taken from the account but not paid out yet.</param>
/// <param name="Unsettled">What the account could not pay.</param>
/// <param name="Withdrawn">Everything paid out to the provider.</param>
internal sealed record EscrowPaymentRow(
    EscrowPaymentId Id, AccountAddress Owner, WireState State, ChainPrice Rate, Decimal18 Balance, Decimal18 Unsettled, ChainCoin Withdrawn) : IRow
{
    public int StateCode => (int)State;

    public Wire.Escrow.Types.Payment ToWire() => new()
    {
        Id = Id.ToWire(),
        State = new()
        {
            Owner = Owner.Value,
            State = State,
            Rate = Rate.ToWire(),
            Balance = (Rate with { Amount = Balance }).ToWire(),
            Unsettled = (Rate with { Amount = Unsettled }).ToWire(),
            Withdrawn = Withdrawn.ToWire(),
        },
    };

    public IMessage ToStored() => ToWire();
}
