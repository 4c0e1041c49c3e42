using Google.Protobuf;

namespace ProviderAgent.Devnet.State;

/// <summary>One immutable entry of a <see cref="Table{TId, TRow}"/>.</summary>
internal interface IRow
{
    /// <summary>The state by which the table is indexed; 0 for rows without one.</summary>
    int StateCode { get; }

    /// <summary>The row as the chain stores it. Decides the gas of reading and writing, and the state hash.</summary>
    IMessage ToStored();
}
