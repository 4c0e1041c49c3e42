namespace ProviderAgent.Devnet.Blocks;

/// <param name="MaxTxBytes">Longest transaction.</param>
/// <param name="MaxMempoolTxs">Most transactions that wait for a block.</param>
/// <param name="MaxMempoolBytes">Most bytes that wait for a block.</param>
/// <param name="MaxBlockBytes">Most bytes of transactions in one block; not below <paramref name="MaxTxBytes"/>.</param>
/// <param name="KeepBlocks">Blocks that can be asked for; 0 for all.</param>
internal sealed record EngineLimits(int MaxTxBytes, int MaxMempoolTxs, long MaxMempoolBytes, long MaxBlockBytes, int KeepBlocks);
