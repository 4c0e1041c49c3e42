using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.Modules.Market;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using WireMessage = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgCreateDeployment;

namespace ProviderAgent.Devnet.Modules.Deployments;

/// <summary>Posts a deployment: its groups, one order for each, and the money behind them.</summary>
internal sealed class CreateDeployment() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "deployment")
{
    protected override string SignerText(WireMessage message) => message.Id.Owner;

    protected override void Validate(WireMessage message)
    {
        IdRules.Deployment(message.Id);
        var deposit = DepositRules.Validate(message.Deposit);
        if (message.Groups.Count == 0) throw DeploymentErrors.InvalidGroups.Exception();
        DeploymentRules.ValidateHash(message.Hash);
        if (message.Reclamation is { } reclamation && (reclamation.MinWindow ?? new()).IsNegative())
        {
            throw DeploymentErrors.InvalidReclamation.Because("min_window must be >= 0");
        }

        foreach (var group in message.Groups)
        {
            GroupRules.Validate(group);
            var denom = GroupRules.PriceOf(group).Denom;
            if (!deposit.Amount.IsZero && denom != deposit.Denom)
            {
                throw DeploymentErrors.InvalidDeposit.Because($"Mismatched denominations ({deposit.Denom} != {denom})");
            }
        }
    }

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var id = IdRules.Deployment(message.Id);
        if (context.Deployments.Find(id) is not null) throw DeploymentErrors.Exists.Exception();
        CheckDeposit(context.Parameters, DepositRules.Validate(message.Deposit));
        var window = message.Reclamation is null ? null : message.Reclamation.MinWindow ?? new Duration();
        CheckWindow(context.Parameters, window);
        CheckGroups(message.Groups);
        var deposits = DepositRules.Authorize(context, id.Owner, message.Deposit);

        context.Deployments.Set(id, new(id, Wire.Deployment.V1.Deployment.Types.State.Active, message.Hash, context.Height, window));
        for (var i = 0; i < message.Groups.Count; i++)
        {
            var group = new GroupId(id.Owner, id.Dseq, (uint)i + 1);
            context.Groups.Set(group, new(group, Wire.Deployment.V1Beta4.Group.Types.State.Open, message.Groups[i], context.Height));
        }

        context.Emit(TypedEvents.DeploymentCreated(id, message.Hash));
        for (var i = 0; i < message.Groups.Count; i++)
        {
            MarketLifecycle.CreateOrder(context, new(id.Owner, id.Dseq, (uint)i + 1), message.Groups[i], window);
        }

        EscrowAccounts.Create(context, EscrowAccountId.Of(id), id.Owner, deposits);
    }

    private static void CheckDeposit(ChainParameters parameters, ChainCoin deposit)
    {
        var minimum = parameters.DeploymentMinDeposits.FirstOrDefault(coin => coin.Denom == deposit.Denom);
        if (minimum.Denom.Value.Length == 0) throw DeploymentErrors.InvalidDeposit.With($"Invalid deposit denomination {deposit.Denom}");
        if (deposit.Amount < minimum.Amount) throw DeploymentErrors.InvalidDeposit.Because($"Deposit too low - {deposit.Amount} < {minimum}");
        if (deposit.Denom == ChainParameters.FeeDenom) throw DeploymentErrors.InvalidDeposit.Exception();
    }

    private static void CheckWindow(ChainParameters parameters, Duration? window)
    {
        if (window is null) return;
        if (window.IsShorterThan(parameters.MinReclaimWindow.ToWireDuration()))
        {
            throw DeploymentErrors.InvalidReclamation.Because("min_window below governance minimum");
        }

        if (parameters.MaxReclaimWindow.ToWireDuration().IsShorterThan(window))
        {
            throw DeploymentErrors.InvalidReclamation.Because("min_window above governance maximum");
        }
    }

    private static void CheckGroups(RepeatedField<Wire.Deployment.V1Beta4.GroupSpec> groups)
    {
        var names = new HashSet<string>();
        var denom = GroupRules.PriceOf(groups[0]).Denom;
        foreach (var group in groups)
        {
            if (GroupRules.PriceOf(group).Denom is var other && other != denom)
            {
                throw Invalid(DeploymentErrors.InvalidPrice.Because($"inconsistent group denomination: {denom} != {other}"));
            }

            if (!names.Add(group.Name))
            {
                throw Invalid(DeploymentErrors.DuplicateGroupName.Because($"duplicate deployment group name {group.Name}"));
            }
        }

        if (denom != ChainParameters.PriceDenom) throw DeploymentErrors.InvalidPrice.Because($"unsupported denomination {denom}");
    }

    private static TransactionException Invalid(TransactionException inner) => DeploymentErrors.InvalidGroups.Because(inner.Message);
}
