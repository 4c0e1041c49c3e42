using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using WireMessage = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgCloseDeployment;

namespace ProviderAgent.Devnet.Modules.Deployments;

/// <summary>Closes a deployment with everything in it: closing its escrow account does the rest.</summary>
internal sealed class CloseDeployment() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "deployment")
{
    protected override string SignerText(WireMessage message) => message.Id.Owner;

    protected override void Validate(WireMessage message) => IdRules.Deployment(message.Id);

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var deployment = DeploymentRules.FindActive(context, IdRules.Deployment(message.Id));
        EscrowAccounts.Close(context, EscrowAccountId.Of(deployment.Id));
    }
}
