using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Wire.Auth;
using ProviderAgent.Chain.Wire.Node;
using ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>The application behind a scripted node.</summary>
internal sealed class AbciScript(ScriptedChain chain, ScriptedNode node)
{
    private readonly ConcurrentDictionary<string, Func<byte[], IMessage?>> _answers = new();

    /// <summary>Gas of a simulation, or the text of its failure.</summary>
    public Func<TxBody, (long Gas, string? Failure)> Simulation { get; set; } = _ => (100_000, null);

    /// <summary>What the node asks for a unit of gas.</summary>
    public string MinimumGasPrice { get; set; } = "0.0025uakt";

    /// <summary>Height that answers claim to be of; null for the node's latest.</summary>
    public Func<long>? StateHeight { get; set; }

    /// <summary>Answers a path; null means not found.</summary>
    public void On(string path, Func<byte[], IMessage?> answer) => _answers[path] = answer;

    /// <summary>As <see cref="On(string, Func{byte[], IMessage?})"/>, with the request parsed.</summary>
    public void On<TRequest>(string path, MessageParser<TRequest> parser, Func<TRequest, IMessage?> answer)
        where TRequest : class, IMessage<TRequest> => _answers[path] = data => answer(parser.ParseFrom(data));

    public Task<JsonObject> AnswerAsync(string path, byte[] data)
    {
        if (path == QueryPaths.Simulate) return Task.FromResult(Simulate(data));
        if (_answers.TryGetValue(path, out var scripted)) return Task.FromResult(scripted(data) is { } answer ? Found(answer) : Refused(22, "not found"));
        return Task.FromResult(path switch
        {
            QueryPaths.AccountInfo when chain.HasAccount => Found(new QueryAccountInfoResponse { Info = new BaseAccount { AccountNumber = chain.AccountNumber, Sequence = chain.Sequence } }),
            QueryPaths.AccountInfo => Refused(22, "account not found"),
            QueryPaths.NodeConfig => Found(new ConfigResponse { MinimumGasPrice = MinimumGasPrice }),
            _ => Refused(6, $"unknown query path {path}"),
        });
    }

    private JsonObject Simulate(byte[] data)
    {
        var transaction = SimulateRequest.Parser.ParseFrom(data).TxBytes.ToByteArray();
        var sequence = ScriptedChain.SequenceOf(transaction);
        if (sequence != node.ExpectedSequence)
        {
            return Refused(6, $"account sequence mismatch, expected {node.ExpectedSequence}, got {sequence}: incorrect account sequence");
        }

        var (gas, failure) = Simulation(ScriptedChain.Body(transaction));
        return failure is null ? Found(new SimulateResponse { GasInfo = new() { GasUsed = (ulong)gas } }) : Refused(6, failure);
    }

    private JsonObject Found(IMessage answer) => new()
    {
        ["code"] = 0,
        ["value"] = Convert.ToBase64String(answer.ToByteArray()),
        ["height"] = Height(),
    };

    private JsonObject Refused(uint code, string log) => new()
    {
        ["code"] = code,
        ["codespace"] = "sdk",
        ["log"] = log,
        ["value"] = null,
        ["height"] = Height(),
    };

    private string Height() => (StateHeight?.Invoke() ?? node.Height).ToString(CultureInfo.InvariantCulture);
}
