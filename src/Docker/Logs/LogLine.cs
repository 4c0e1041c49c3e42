namespace ProviderAgent.Docker;

/// <summary>One line that a container wrote.</summary>
/// <param name="Stream">Standard output or error; with a terminal always output.</param>
/// <param name="Time">When the engine read its beginning.</param>
/// <param name="Text">Without its end of line; undecodable bytes are U+FFFD.</param>
/// <param name="IsPartial">True when the line was longer than the reader's limit and this is a piece with more to come.</param>
public readonly record struct LogLine(MultiplexedStream.TargetStream Stream, EngineTime Time, string Text, bool IsPartial);
