using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Queries;

/// <summary>What a query is asked of.</summary>
/// <param name="State">The state at the height that was asked for.</param>
/// <param name="Engine">For simulation, which runs on the mempool's state.</param>
/// <param name="Node">What this node says of itself.</param>
internal sealed record QueryContext(ChainState State, ChainEngine Engine, NodeIdentity Node);

/// <param name="Moniker">Its name.</param>
/// <param name="MinGasPrice">What it asks for gas, for example <c>0.0025uakt</c>.</param>
/// <param name="ReadVersion">Tells the version of the node that is played now.</param>
/// <param name="IsCatchingUp">It says that it is behind.</param>
internal sealed record NodeIdentity(string Moniker, string MinGasPrice, Func<string> ReadVersion, bool IsCatchingUp);
