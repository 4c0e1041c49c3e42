using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.Wires;
using WireMessage = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgWithdrawLease;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>Settles a deployment's account and pays out what one of its leases earned.</summary>
internal sealed class WithdrawLease() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "market")
{
    protected override string SignerText(WireMessage message) => message.Id.Provider;

    protected override void Validate(WireMessage message) => IdRules.Lease(message.Id);

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var id = IdRules.Lease(message.Id);
        if (context.Leases.Find(id) is null) throw MarketErrors.UnknownLease.Exception();
        EscrowPayments.Withdraw(context, new(id));
    }
}
