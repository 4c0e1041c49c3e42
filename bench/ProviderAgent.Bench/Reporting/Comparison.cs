namespace ProviderAgent.Bench.Reporting;

/// <summary>One measured figure beside what it is compared with.</summary>
/// <param name="Measure">What was measured, in a few words.</param>
/// <param name="Unit">Unit of all figures of the row.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's; null where none is known.</param>
/// <param name="PeerName">Who the peer is, or where its figure comes from; empty without one.</param>
/// <param name="Target">What ours must not exceed; null for a figure that only explains another one.</param>
internal sealed record Comparison(string Measure, string Unit, double Ours, double? Peer = null, string PeerName = "", double? Target = null)
{
    /// <summary>Ours as a multiple of the peer's; below 1 is better.</summary>
    public double? Ratio => Peer is > 0 ? Ours / Peer : null;

    public bool? IsWithinTarget => Target is null ? null : Ours <= Target;
}

/// <summary>The rows of one bench.</summary>
/// <param name="Bench">Its name on the command line.</param>
/// <param name="Setting">What was run, in one sentence.</param>
/// <param name="Rows">The figures.</param>
internal sealed record BenchResult(string Bench, string Setting, IReadOnlyList<Comparison> Rows);
