namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>The machine's clock, with a wall time that a test moves: for what other programs with clocks of their own made a moment ago.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
