using Google.Protobuf;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Modules.Deployments;

internal static class DeploymentRules
{
    /// <summary>A manifest version is a SHA-256 value.</summary>
    public static void ValidateHash(ByteString hash)
    {
        if (hash.IsEmpty) throw DeploymentErrors.EmptyHash.Exception();
        if (hash.Length != ManifestHash.Size) throw DeploymentErrors.InvalidHash.Exception();
    }

    /// <exception cref="TransactionException">There is no such deployment, or it is closed.</exception>
    public static DeploymentRow FindActive(MessageContext context, DeploymentId id)
    {
        var deployment = context.Deployments.Find(id) ?? throw DeploymentErrors.NotFound.Exception();
        return deployment.State == Wire.Deployment.V1.Deployment.Types.State.Active ? deployment : throw DeploymentErrors.Closed.Exception();
    }

    /// <exception cref="TransactionException">There is no such group.</exception>
    public static GroupRow FindGroup(MessageContext context, GroupId id) =>
        context.Groups.Find(id) ?? throw DeploymentErrors.GroupNotFound.Exception();
}
