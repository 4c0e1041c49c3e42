using Google.Protobuf;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>What became of a transaction.</summary>
/// <param name="Code">0 when everything in it was done.</param>
/// <param name="Codespace">Which module's code it is; empty on success.</param>
/// <param name="Log">For people; empty on success.</param>
/// <param name="Data">Answers of the messages; empty on failure.</param>
/// <param name="GasWanted">The transaction's limit.</param>
/// <param name="GasUsed">What it took.</param>
/// <param name="Events">Of the fee and the signatures, then of the messages if all succeeded.</param>
internal sealed record TxResult(
    uint Code, string Codespace, string Log, ByteString Data, ulong GasWanted, ulong GasUsed, IReadOnlyList<ChainEvent> Events)
{
    public static TxResult Failed(ErrorKind kind, string log, ulong gasWanted, ulong gasUsed, IReadOnlyList<ChainEvent> events) =>
        new(kind.Code, kind.Codespace, log, ByteString.Empty, gasWanted, gasUsed, events);
}

/// <summary>A result together with the state after it.</summary>
internal readonly record struct TxOutcome(TxResult Result, ChainState State);
