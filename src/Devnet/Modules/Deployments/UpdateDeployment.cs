using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Wires;
using WireMessage = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgUpdateDeployment;

namespace ProviderAgent.Devnet.Modules.Deployments;

/// <summary>Announces a new manifest.</summary>
internal sealed class UpdateDeployment() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "deployment")
{
    protected override string SignerText(WireMessage message) => message.Id.Owner;

    protected override void Validate(WireMessage message)
    {
        IdRules.Deployment(message.Id);
        DeploymentRules.ValidateHash(message.Hash);
    }

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var deployment = DeploymentRules.FindActive(context, IdRules.Deployment(message.Id));
        if (deployment.Hash == message.Hash) throw DeploymentErrors.InvalidHash.Exception();
        context.Deployments.Set(deployment.Id, deployment with { Hash = message.Hash });
        context.Emit(TypedEvents.DeploymentUpdated(deployment.Id, message.Hash));
    }
}
