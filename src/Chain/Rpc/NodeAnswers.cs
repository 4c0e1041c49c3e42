using ProviderAgent.Chain.Transactions;

namespace ProviderAgent.Chain.Rpc;

/// <summary>What a node says of itself.</summary>
/// <param name="Network">Chain id.</param>
/// <param name="LatestHeight">Latest block that it has.</param>
/// <param name="LatestTime">That block's time.</param>
/// <param name="EarliestHeight">Oldest block that it still has.</param>
/// <param name="IsCatchingUp">It does not follow the chain yet.</param>
/// <param name="HasIndex">Transactions can be looked up by hash.</param>
internal sealed record NodeStatus(string Network, long LatestHeight, DateTimeOffset LatestTime, long EarliestHeight, bool IsCatchingUp, bool HasIndex);

/// <summary>Head of one block.</summary>
internal sealed record BlockHeader(string Network, long Height, DateTimeOffset Time);

/// <summary>One block's transactions as bytes.</summary>
internal sealed record BlockContent(BlockHeader Header, IReadOnlyList<byte[]> Transactions);

/// <summary>One attribute of an event.</summary>
internal readonly record struct ChainEventAttribute(string Key, string Value);

/// <summary>An event as the node tells it.</summary>
internal sealed record ChainEvent(string Type, IReadOnlyList<ChainEventAttribute> Attributes);

/// <summary>What became of one transaction in its block.</summary>
internal sealed record ExecutionResult(uint Code, string Codespace, string Log, long GasUsed, IReadOnlyList<ChainEvent> Events);

/// <summary>What happened in one block.</summary>
internal sealed record BlockResults(long Height, IReadOnlyList<ExecutionResult> Transactions, IReadOnlyList<ChainEvent> BlockEvents);

/// <summary>A transaction that a block holds.</summary>
internal sealed record IncludedTransaction(TransactionHash Hash, long Height, ExecutionResult Result);

/// <summary>Answer of the application to a query. A code other than 0 is an error of the application, not of the node.</summary>
internal sealed record AbciAnswer(uint Code, string Codespace, string Log, byte[] Value, long Height);

/// <summary>Whether a node took a transaction into its pool; 0 means yes.</summary>
internal sealed record BroadcastAnswer(uint Code, string Codespace, string Log);

/// <summary>What a node says of its software.</summary>
/// <param name="SupportedVersions">Names of client bundles; empty on nodes before 2.1.</param>
/// <param name="NodeVersion">Empty on nodes before 2.1.</param>
internal sealed record NodeDiscovery(IReadOnlyList<string> SupportedVersions, string NodeVersion);
