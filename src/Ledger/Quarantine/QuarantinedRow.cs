namespace ProviderAgent.Ledger;

/// <summary>A row that could not be read and was taken out of its table.</summary>
/// <param name="Id">Number of the entry.</param>
/// <param name="Table">Where it came from.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Content">All its columns as a JSON object, blobs and broken text as base64.</param>
/// <param name="At">When it was set aside.</param>
public sealed record QuarantinedRow(long Id, string Table, string Reason, string Content, DateTimeOffset At);
