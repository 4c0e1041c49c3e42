using System.Globalization;
using Google.Protobuf;
using ProviderAgent.Marketplace;
using WireSource = ProviderAgent.Chain.Wire.Deposits.Source;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The account.</param>
/// <param name="Owner">Tenant of a deployment, provider of a bid.</param>
/// <param name="State">Open, closed or overdrawn.</param>
/// <param name="SettledAt">Block height up to which its payments were taken out.</param>
/// <param name="Funds">What is left per coin, the coin that pays first; negative when overdrawn.</param>
/// <param name="Transferred">What was paid out per coin.</param>
/// <param name="Deposits">What is left of each deposit, oldest first.</param>
internal sealed record EscrowAccountRow(
    EscrowAccountId Id,
    AccountAddress Owner,
    WireState State,
    long SettledAt,
    ValueList<ChainPrice> Funds,
    ValueList<ChainPrice> Transferred,
    ValueList<EscrowDeposit> Deposits) : IRow
{
    public int StateCode => (int)State;

    public Wire.Escrow.Types.Account ToWire()
    {
        var state = new Wire.Escrow.Types.AccountState { Owner = Owner.Value, State = State, SettledAt = SettledAt };
        state.Transferred.AddRange(Transferred.Select(paid => paid.ToWire()));
        state.Funds.AddRange(Funds.Select(funds => new Wire.Escrow.Types.Balance
        {
            Denom = funds.Denom.Value,
            Amount = funds.Amount.Atomics.ToString(CultureInfo.InvariantCulture),
        }));
        state.Deposits.AddRange(Deposits.Select(deposit => deposit.ToWire()));
        return new() { Id = Id.ToWire(), State = state };
    }

    public IMessage ToStored() => ToWire();
}

/// <param name="Owner">Who gets the rest back.</param>
/// <param name="Height">Block height at which it came in.</param>
/// <param name="Source">Where it was taken from.</param>
/// <param name="Balance">What is left of it.</param>
internal readonly record struct EscrowDeposit(AccountAddress Owner, long Height, WireSource Source, ChainPrice Balance)
{
    public Wire.Escrow.Types.Depositor ToWire() => new() { Owner = Owner.Value, Height = Height, Source = Source, Balance = Balance.ToWire() };
}
