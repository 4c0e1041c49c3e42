using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using WireMessage = ProviderAgent.Chain.Wire.Escrow.V1.MsgAccountDeposit;
using WireScope = ProviderAgent.Chain.Wire.Escrow.Id.Scope;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>Anybody adds money to an escrow account.</summary>
internal sealed class AccountDeposit() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "escrow")
{
    protected override string SignerText(WireMessage message) => message.Signer;

    protected override void Validate(WireMessage message)
    {
        IdRules.Address(message.Signer, "MsgAccountDeposit: Invalid Signer Address");
        ReadId(message.Id);
        if (!ChainCoin.TryRead(message.Deposit?.Amount, out var coin) || coin.Amount.Sign <= 0) throw EscrowErrors.InvalidDeposit.Exception();
        DepositRules.ValidateSources(message.Deposit?.Sources ?? []);
    }

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var signer = AccountAddress.Parse(message.Signer);
        var deposits = DepositRules.Authorize(context, signer, message.Deposit);
        EscrowAccounts.Deposit(context, ReadId(message.Id), deposits);
    }

    private static EscrowAccountId ReadId(Wire.Escrow.Id.Account? wire)
    {
        var xid = wire?.Xid ?? "";
        var isRight = wire?.Scope switch
        {
            WireScope.Deployment => DeploymentId.TryParse(xid, out var id) && ChainAddress.IsValid(id.Owner),
            WireScope.Bid => BidId.TryParse(xid, out var id) && ChainAddress.IsValid(id.Order.Owner) && ChainAddress.IsValid(id.Provider),
            _ => throw EscrowErrors.InvalidId.Because("invalid scope"),
        };
        return isRight ? new(wire.Scope, xid) : throw EscrowErrors.InvalidId.Because("invalid xid format");
    }
}
