using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Queries;
using ProviderAgent.Devnet.Rpc.Json;
using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>Module queries by their method path.</summary>
internal sealed class QueryMethods(ChainEngine engine, NodeView view, DevnetFaults faults, NodeIdentity identity)
{
    private readonly QueryRouter _router = new();

    public JsonObject AbciQuery(RpcParameters arguments)
    {
        var path = arguments.Text("path");
        var data = arguments.Hex("data");
        var height = arguments.Number("height") ?? 0;
        var answer = new JsonObject
        {
            ["code"] = 0,
            ["log"] = "",
            ["info"] = "",
            ["index"] = "0",
            ["key"] = null,
            ["value"] = null,
            ["proofOps"] = null,
            ["height"] = "0",
            ["codespace"] = "",
        };
        try
        {
            var (at, state) = StateAt(height);
            var context = new QueryContext(state, engine, identity with { IsCatchingUp = faults.CatchingUp });
            answer["value"] = Convert.ToBase64String(_router.Answer(context, path, data).ToByteArray());
            answer["height"] = RpcJson.Number(at);
        }
        catch (QueryException e)
        {
            answer["code"] = e.Kind.Code;
            answer["codespace"] = e.Kind.Codespace;
            answer["log"] = e.Message;
        }

        return new() { ["response"] = answer };
    }

    private (long Height, ChainState State) StateAt(long height)
    {
        var latest = view.LatestHeight;
        if (height < 0) throw QueryException.Of(SdkErrors.InvalidHeight, "cannot query with height < 0; please provide a valid height");
        if (height > latest)
        {
            throw QueryException.Of(SdkErrors.InvalidHeight, "cannot query with height in the future; please provide a valid height");
        }

        var wanted = height == 0 ? latest : height;
        return view.State(wanted) is { } state
            ? (wanted, state)
            : throw QueryException.Of(SdkErrors.NotFound, string.Create(
                CultureInfo.InvariantCulture, $"failed to load state at height {wanted}; version does not exist (latest height: {latest})"));
    }
}
