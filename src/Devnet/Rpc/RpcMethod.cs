using System.Text.Json.Nodes;

namespace ProviderAgent.Devnet.Rpc;

/// <param name="Parameters">Names, in the order in which a list of arguments holds them.</param>
/// <param name="Run">Answers the call.</param>
internal sealed record RpcMethod(IReadOnlyList<string> Parameters, Func<RpcParameters, CancellationToken, Task<JsonNode>> Run)
{
    public static RpcMethod Of(Func<RpcParameters, JsonNode> run, params IReadOnlyList<string> parameters) =>
        new(parameters, (arguments, _) => Task.FromResult(run(arguments)));
}
