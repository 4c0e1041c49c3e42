using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Transactions;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>A transaction in a block, with what became of it.</summary>
internal sealed record BlockTx(ReadOnlyMemory<byte> Bytes, TxHash Hash, TxResult Result);

/// <summary>A committed block. Never reverted.</summary>
/// <param name="Height">From 1.</param>
/// <param name="Time">Strictly after the previous block's.</param>
/// <param name="PreviousHash">32 bytes; empty for the first block.</param>
/// <param name="PreviousAppHash">Fingerprint of the state before this block; what its header shows.</param>
/// <param name="AppHash">Fingerprint of the state after this block; what its results show.</param>
/// <param name="Txs">In the order in which they were executed.</param>
internal sealed record Block(long Height, DateTimeOffset Time, byte[] PreviousHash, byte[] PreviousAppHash, byte[] AppHash, IReadOnlyList<BlockTx> Txs)
{
    /// <summary>What the end of the block raised, outside all transactions.</summary>
    public IReadOnlyList<ChainEvent> EndEvents { get; init; } = [];

    /// <summary>SHA-256 over the hashes of the transactions.</summary>
    public byte[] DataHash { get; } = Sum(Txs.Select(tx => tx.Hash.Hex));

    /// <summary>SHA-256 over codes and gas.</summary>
    public byte[] ResultsHash { get; } = Sum(Txs.Select(tx =>
        string.Create(CultureInfo.InvariantCulture, $"{tx.Result.Codespace}/{tx.Result.Code}/{tx.Result.GasUsed}")));

    /// <summary>Names the block; covers everything that its header shows.</summary>
    public byte[] Hash { get; } = Sum(
    [
        Height.ToString(CultureInfo.InvariantCulture),
        Time.UtcTicks.ToString(CultureInfo.InvariantCulture),
        Convert.ToHexString(PreviousHash),
        Convert.ToHexString(PreviousAppHash),
        Convert.ToHexString(Sum(Txs.Select(tx => tx.Hash.Hex))),
    ]);

    private static byte[] Sum(IEnumerable<string> parts) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
}
