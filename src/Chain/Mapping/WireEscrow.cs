using ProviderAgent.Chain.Numbers;
using ProviderAgent.Marketplace;
using WireAccount = ProviderAgent.Chain.Wire.Escrow.Types.Account;
using WireDeployment = ProviderAgent.Chain.Wire.Deployment.V1Beta4.QueryDeploymentResponse;
using WireDeploymentState = ProviderAgent.Chain.Wire.Deployment.V1.Deployment.Types.State;
using WireGroup = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group;
using WirePayment = ProviderAgent.Chain.Wire.Escrow.Types.Payment;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Chain.Mapping;

/// <summary>Deployments and the money behind them from the wire. All of them throw <see cref="MalformedWireException"/> for what cannot be represented.</summary>
internal static class WireEscrow
{
    public static Deployment ToDeployment(WireDeployment wire)
    {
        if (wire.Deployment is not { } deployment) throw new MalformedWireException("the deployment is missing");
        if (!ManifestHash.TryCreate(deployment.Hash.Span, out var hash)) throw new MalformedWireException("the deployment's hash has not 32 bytes");
        var isActive = deployment.State switch
        {
            WireDeploymentState.Active => true,
            WireDeploymentState.Closed => false,
            _ => throw new MalformedWireException($"deployment state {(int)deployment.State} is not known"),
        };
        return new(WireIds.ToDeploymentId(deployment.Id), isActive, hash, wire.Groups.Select(ToGroup).ToValueList(), ToAccount(wire.EscrowAccount));
    }

    public static EscrowAccount ToAccount(WireAccount? wire)
    {
        if (wire?.State is not { } state) throw new MalformedWireException("the escrow account is missing");
        return new(
            ToState(state.State),
            state.Funds.Select(funds => new EscrowFunds(WireCoins.ToDenom(funds.Denom, "escrow funds"), LegacyDec.Parse(funds.Amount))).ToValueList(),
            new(state.SettledAt));
    }

    public static EscrowPayment ToPayment(LeaseId lease, WirePayment? wire)
    {
        if (wire?.State is not { } state) throw new MalformedWireException("the escrow payment is missing");
        var rate = WireCoins.ToRate(state.Rate, "lease rate");
        var balance = WireCoins.ToRate(state.Balance, "lease balance");
        if (balance.Denom != rate.Denom) throw new MalformedWireException("rate and balance of the lease are in different coins");

        // Nothing withdrawn yet is written as an empty coin by some versions.
        var withdrawn = state.Withdrawn is null or { Denom: "" } ? new Coin(0, rate.Denom) : WireCoins.ToCoin(state.Withdrawn, "withdrawn amount");
        return new(lease, ToState(state.State), rate, balance.Amount, withdrawn);
    }

    private static DeploymentGroup ToGroup(WireGroup wire)
    {
        var state = wire.State switch
        {
            WireGroup.Types.State.Open => GroupState.Open,
            WireGroup.Types.State.Paused => GroupState.Paused,
            WireGroup.Types.State.InsufficientFunds => GroupState.InsufficientFunds,
            WireGroup.Types.State.Closed => GroupState.Closed,
            _ => throw new MalformedWireException($"group state {(int)wire.State} is not known"),
        };
        return new(WireIds.ToGroupId(wire.Id), state, WireGroups.ToSpec(wire.GroupSpec));
    }

    private static EscrowState ToState(WireState state) => state switch
    {
        WireState.Open => EscrowState.Open,
        WireState.Closed => EscrowState.Closed,
        WireState.Overdrawn => EscrowState.Overdrawn,
        _ => throw new MalformedWireException($"escrow state {(int)state} is not known"),
    };
}
