using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;

namespace ProviderAgent.Devnet.Rpc.Json;

/// <summary>Blocks, headers and results. One validator that never changes signs them all, so its parts are the same everywhere.</summary>
internal sealed class BlockJson(string chainId)
{
    private static readonly byte[] ValidatorKey = SHA256.HashData("the validator of the local chain"u8);
    private static readonly string ValidatorAddress = Convert.ToHexString(SHA256.HashData(ValidatorKey).AsSpan(0, 20));
    private static readonly string ValidatorsHash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(ValidatorAddress)));
    private static readonly string ConsensusHash = Convert.ToHexString(SHA256.HashData("consensus parameters"u8));
    private static readonly string EmptyHash = Convert.ToHexString(SHA256.HashData([]));

    public static JsonObject Validator() => new()
    {
        ["address"] = ValidatorAddress,
        ["pub_key"] = new JsonObject { ["type"] = "tendermint/PubKeyEd25519", ["value"] = Convert.ToBase64String(ValidatorKey) },
        ["voting_power"] = "1",
    };

    public static JsonObject BlockId(ReadOnlySpan<byte> hash) => new()
    {
        ["hash"] = RpcJson.Hash(hash),
        ["parts"] = new JsonObject { ["total"] = hash.IsEmpty ? 0 : 1, ["hash"] = RpcJson.Hash(hash) },
    };

    /// <param name="block">The block.</param>
    /// <param name="previousResults">Hash of the previous block's results; empty when there is none.</param>
    public JsonObject Header(Block block, ReadOnlySpan<byte> previousResults) => new()
    {
        ["version"] = new JsonObject { ["block"] = "11" },
        ["chain_id"] = chainId,
        ["height"] = RpcJson.Number(block.Height),
        ["time"] = RpcJson.Time(block.Time),
        ["last_block_id"] = BlockId(block.PreviousHash),
        ["last_commit_hash"] = RpcJson.Hash(SHA256.HashData(block.PreviousHash)),
        ["data_hash"] = RpcJson.Hash(block.DataHash),
        ["validators_hash"] = ValidatorsHash,
        ["next_validators_hash"] = ValidatorsHash,
        ["consensus_hash"] = ConsensusHash,
        ["app_hash"] = RpcJson.Hash(block.PreviousAppHash),
        ["last_results_hash"] = previousResults.IsEmpty ? EmptyHash : RpcJson.Hash(previousResults),
        ["evidence_hash"] = EmptyHash,
        ["proposer_address"] = ValidatorAddress,
    };

    public JsonObject Full(Block block, ReadOnlySpan<byte> previousResults) => new()
    {
        ["block_id"] = BlockId(block.Hash),
        ["block"] = new JsonObject
        {
            ["header"] = Header(block, previousResults),
            ["data"] = new JsonObject { ["txs"] = new JsonArray([.. block.Txs.Select(tx => JsonValue.Create(Convert.ToBase64String(tx.Bytes.Span)))]) },
            ["evidence"] = new JsonObject { ["evidence"] = new JsonArray() },
            ["last_commit"] = LastCommit(block),
        },
    };

    public static JsonObject Results(Block block) => new()
    {
        ["height"] = RpcJson.Number(block.Height),
        ["txs_results"] = block.Txs.Count == 0 ? null : new JsonArray([.. block.Txs.Select(tx => RpcJson.TxResult(tx.Result))]),
        ["finalize_block_events"] = RpcJson.Events(block.EndEvents),
        ["validator_updates"] = null,
        ["consensus_param_updates"] = null,
        ["app_hash"] = Convert.ToBase64String(block.AppHash),
    };

    private static JsonObject LastCommit(Block block) => new()
    {
        ["height"] = RpcJson.Number(block.Height - 1),
        ["round"] = 0,
        ["block_id"] = BlockId(block.PreviousHash),
        ["signatures"] = block.Height == 1 ? new JsonArray() : new JsonArray(new JsonObject
        {
            ["block_id_flag"] = 2,
            ["validator_address"] = ValidatorAddress,
            ["timestamp"] = RpcJson.Time(block.Time),
            ["signature"] = Convert.ToBase64String(SHA512.HashData(block.PreviousHash)),
        }),
    };
}
