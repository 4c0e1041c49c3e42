namespace ProviderAgent.Devnet.Blocks;

/// <param name="Latest">Null before the first block.</param>
/// <param name="EarliestHeight">Lowest block that can be asked for.</param>
/// <param name="WaitingTxs">Transactions that wait for a block.</param>
/// <param name="WaitingBytes">Their bytes.</param>
internal sealed record ChainView(Block? Latest, long EarliestHeight, int WaitingTxs, long WaitingBytes);
