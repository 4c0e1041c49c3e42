namespace ProviderAgent.Marketplace;

public enum GroupState
{
    Open,
    Paused,
    InsufficientFunds,
    Closed,
}

/// <summary>One group of a deployment as the market holds it.</summary>
public sealed record DeploymentGroup(GroupId Id, GroupState State, GroupSpec Spec);

/// <summary>A tenant's deployment: its groups, the hash its manifest must have, and the money behind it.</summary>
public sealed record Deployment(DeploymentId Id, bool IsActive, ManifestHash Manifest, ValueList<DeploymentGroup> Groups, EscrowAccount Escrow);
