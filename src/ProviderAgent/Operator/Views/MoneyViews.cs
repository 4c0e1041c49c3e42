namespace ProviderAgent.Operator.Views;

/// <param name="Schema">Version of this document.</param>
/// <param name="Withdrawn">Paid out so far, per coin.</param>
/// <param name="Owed">Earned and not paid out, per coin; null when the chain cannot be asked.</param>
/// <param name="Fees">Known fees, per coin.</param>
/// <param name="Leases">Each lease that was ever paid for or used.</param>
public sealed record EarningsView(
    int Schema,
    IReadOnlyDictionary<string, string> Withdrawn,
    IReadOnlyDictionary<string, string>? Owed,
    IReadOnlyDictionary<string, string> Fees,
    IReadOnlyList<LeaseEarningsRow> Leases);

/// <param name="Lease">The lease.</param>
/// <param name="Withdrawn">Paid out, with its coin; null when nothing was.</param>
/// <param name="Owed">Earned and not paid out, with its coin; null when not known.</param>
/// <param name="CpuSeconds">Processor time used.</param>
/// <param name="MemoryByteSeconds">Memory held times seconds.</param>
/// <param name="ReceivedBytes">Network, in.</param>
/// <param name="SentBytes">Network, out.</param>
/// <param name="MeasuredSeconds">Container time that was observed.</param>
/// <param name="GapSeconds">Container time that was not.</param>
public sealed record LeaseEarningsRow(
    string Lease,
    string? Withdrawn,
    string? Owed,
    double CpuSeconds,
    double MemoryByteSeconds,
    double ReceivedBytes,
    double SentBytes,
    double MeasuredSeconds,
    double GapSeconds);

/// <param name="Schema">Version of this document.</param>
/// <param name="Withdrawals">What became of each lease that something was owed for.</param>
public sealed record WithdrawView(int Schema, IReadOnlyList<WithdrawRow> Withdrawals);

/// <param name="Lease">The lease.</param>
/// <param name="End">How it ended.</param>
/// <param name="Paid">What the chain paid.</param>
/// <param name="Fee">What it cost; null when not known.</param>
/// <param name="Detail">For people; empty when all went well.</param>
public sealed record WithdrawRow(string Lease, string End, string Paid, string? Fee, string Detail);

/// <param name="Schema">Version of this document.</param>
/// <param name="Result">done, or refused.</param>
/// <param name="Burned">The earnings, with their coin.</param>
/// <param name="Estimate">What they become at the present price, with its coin.</param>
/// <param name="Transaction">The transaction; null when refused.</param>
/// <param name="Fee">What it cost; null when refused.</param>
/// <param name="WithinSeconds">The market carries it out within about this time.</param>
/// <param name="Detail">Why not; null when done.</param>
public sealed record ConvertView(int Schema, string Result, string Burned, string Estimate, string? Transaction, string? Fee, double WithinSeconds, string? Detail);

/// <summary>Something that was done on the market apart from trading.</summary>
/// <param name="Schema">Version of this document.</param>
/// <param name="Result">done, unchanged, or shown.</param>
/// <param name="Transaction">The transaction; null when none was needed.</param>
/// <param name="Fee">What it cost; null when nothing.</param>
/// <param name="Changes">What it changed, or would.</param>
/// <param name="Warnings">What else follows from it.</param>
public sealed record ActView(int Schema, string Result, string? Transaction, string? Fee, IReadOnlyList<string> Changes, IReadOnlyList<string> Warnings);

/// <param name="Schema">Version of this document.</param>
/// <param name="Error">What is wrong and what to do.</param>
/// <param name="ExitCode">How a command that hears this ends; null for a plain failure.</param>
public sealed record ErrorView(int Schema, string Error, int? ExitCode = null);
