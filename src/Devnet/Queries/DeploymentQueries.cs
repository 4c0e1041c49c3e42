using Google.Protobuf;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using Deployments = ProviderAgent.Chain.Wire.Deployment.V1Beta4;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Deployments and their groups.</summary>
internal static class DeploymentQueries
{
    private const string Service = "/akash.deployment.v1beta4.Query/";

    public static IReadOnlyList<QueryMethod> Methods { get; } =
    [
        QueryMethod.Of(Service + "Deployments", Deployments.QueryDeploymentsRequest.Parser, List),
        QueryMethod.Of(Service + "Deployment", Deployments.QueryDeploymentRequest.Parser, One),
        QueryMethod.Of(Service + "Group", Deployments.QueryGroupRequest.Parser, Group),
        QueryMethod.Of(Service + "Params", context => new Deployments.QueryParamsResponse { Params = context.State.Parameters.ToDeploymentParams() }),
    ];

    private static IMessage List(QueryContext context, Deployments.QueryDeploymentsRequest request)
    {
        var filter = request.Filters ?? new();
        var page = new StatePaging<DeploymentId, DeploymentRow>(
                context.State.Deployments,
                WireEnums.DeploymentStates,
                IdOrder.Deployments,
                row => row.Id,
                (string text, out DeploymentId id) => DeploymentId.TryParse(text, out id))
            .Read(request.Pagination, filter.State, filter.Owner.Length > 0, row =>
                (filter.Owner.Length == 0 || filter.Owner == row.Id.Owner.Value) && (filter.Dseq == 0 || filter.Dseq == row.Id.Dseq));
        return new Deployments.QueryDeploymentsResponse { Deployments = { page.Rows.Select(row => Answer(context.State, row)) }, Pagination = page.Info };
    }

    private static IMessage One(QueryContext context, Deployments.QueryDeploymentRequest request)
    {
        var id = new DeploymentId(QueryMethod.Address(request.Id?.Owner ?? "", "owner"), request.Id?.Dseq ?? 0);
        return Answer(context.State, context.State.Deployments.Find(id) ?? throw QueryException.NotFound("Deployment not found"));
    }

    private static IMessage Group(QueryContext context, Deployments.QueryGroupRequest request)
    {
        var id = new GroupId(QueryMethod.Address(request.Id?.Owner ?? "", "owner"), request.Id?.Dseq ?? 0, request.Id?.Gseq ?? 0);
        return new Deployments.QueryGroupResponse { Group = (context.State.Groups.Find(id) ?? throw QueryException.NotFound("Group not found")).ToWire() };
    }

    private static Deployments.QueryDeploymentResponse Answer(ChainState state, DeploymentRow row) => new()
    {
        Deployment = row.ToWire(),
        Groups = { GroupsOf(state, row.Id).Select(group => group.ToWire()) },
        EscrowAccount = state.EscrowAccounts.Find(EscrowAccountId.Of(row.Id))?.ToWire(),
    };

    /// <summary>Groups are numbered from 1 without gaps.</summary>
    private static IEnumerable<GroupRow> GroupsOf(ChainState state, DeploymentId id)
    {
        for (uint gseq = 1; state.Groups.Find(new(id.Owner, id.Dseq, gseq)) is { } group; gseq++) yield return group;
    }
}
