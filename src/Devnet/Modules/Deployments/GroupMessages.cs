using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Market;
using ProviderAgent.Devnet.Wires;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using WireClose = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgCloseGroup;
using WirePause = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgPauseGroup;
using WireStart = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgStartGroup;

namespace ProviderAgent.Devnet.Modules.Deployments;

/// <summary>Ends a group for good.</summary>
internal sealed class CloseGroup() : MessageHandler<WireClose>(WireClose.Parser, WireClose.Descriptor, "deployment")
{
    protected override string SignerText(WireClose message) => message.Id.Owner;

    protected override void Validate(WireClose message) => IdRules.Group(message.Id);

    protected override void Execute(MessageContext context, WireClose message)
    {
        var group = DeploymentRules.FindGroup(context, IdRules.Group(message.Id));
        if (group.State == GroupState.Closed) throw DeploymentErrors.GroupClosed.Exception();
        context.Groups.Set(group.Id, group with { State = GroupState.Closed });
        context.Emit(TypedEvents.GroupClosed(group.Id));
        GroupLifecycle.CloseOrders(context, group.Id, GroupState.Closed);
    }
}

/// <summary>Stops a group until its owner starts it again.</summary>
internal sealed class PauseGroup() : MessageHandler<WirePause>(WirePause.Parser, WirePause.Descriptor, "deployment")
{
    protected override string SignerText(WirePause message) => message.Id.Owner;

    protected override void Validate(WirePause message) => IdRules.Group(message.Id);

    protected override void Execute(MessageContext context, WirePause message)
    {
        var group = DeploymentRules.FindGroup(context, IdRules.Group(message.Id));
        if (group.State == GroupState.Closed) throw DeploymentErrors.GroupClosed.Exception();
        if (group.State == GroupState.Paused) throw DeploymentErrors.GroupPaused.Exception();
        context.Groups.Set(group.Id, group with { State = GroupState.Paused });
        context.Emit(TypedEvents.GroupPaused(group.Id));
        GroupLifecycle.CloseOrders(context, group.Id, GroupState.Paused);
    }
}

/// <summary>Starts a paused group: a new order is opened.</summary>
internal sealed class StartGroup() : MessageHandler<WireStart>(WireStart.Parser, WireStart.Descriptor, "deployment")
{
    protected override string SignerText(WireStart message) => message.Id.Owner;

    protected override void Validate(WireStart message) => IdRules.Group(message.Id);

    protected override void Execute(MessageContext context, WireStart message)
    {
        var group = DeploymentRules.FindGroup(context, IdRules.Group(message.Id));
        if (group.State == GroupState.Closed) throw DeploymentErrors.GroupClosed.Exception();
        if (group.State == GroupState.Open) throw DeploymentErrors.GroupOpen.Exception();
        context.Groups.Set(group.Id, group with { State = GroupState.Open });
        context.Emit(TypedEvents.GroupStarted(group.Id));
        var deployment = context.Deployments.Find(group.Id.Deployment) ?? throw DeploymentErrors.NotFound.Exception();
        MarketLifecycle.CreateOrder(context, group.Id, group.Spec, deployment.MinReclaimWindow);
    }
}
