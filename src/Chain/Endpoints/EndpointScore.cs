namespace ProviderAgent.Chain.Endpoints;

/// <summary>How good an endpoint is, with what speaks against it.</summary>
/// <param name="Value">0 (of no use) to 100 (nothing to complain of).</param>
/// <param name="Complaints">Why it is not 100; for people.</param>
internal sealed record EndpointScore(int Value, IReadOnlyList<string> Complaints)
{
    // A node that keeps up is at most one block behind whoever was asked a moment later.
    private const int PointsPerLagBlock = 12;
    private const int MostForLag = 60;

    // A latest block older than this has stopped for everybody, or only here; the age alone cannot tell, so it weighs less than lag.
    private static readonly TimeSpan OldBlock = TimeSpan.FromSeconds(30);
    private const int PointsForAge = 20;

    private const int MillisecondsPerPoint = 50;
    private const int MostForLatency = 20;
    private const int MostForErrors = 50;

    // A gap longer than what an endpoint keeps costs a full resync.
    private const int MostForArchive = 10;

    /// <summary>Judges an endpoint. Pure.</summary>
    /// <param name="state">What is known of it.</param>
    /// <param name="record">How its last calls went.</param>
    /// <param name="best">Highest block that any endpoint has told of.</param>
    /// <param name="wantedHistory">Blocks that it should still have.</param>
    /// <param name="now">Wall time, for the age of its latest block.</param>
    public static EndpointScore Of(EndpointState state, EndpointRecord record, long best, long wantedHistory, DateTimeOffset now)
    {
        if (state.Fault is { } fault) return new(0, [fault]);
        if (state.Status is not { } status) return new(0, ["has not answered yet"]);
        var complaints = new List<string>();
        var value = 100;
        var lag = Math.Max(0, best - status.LatestHeight - 1);
        Take(Math.Min(MostForLag, lag * PointsPerLagBlock), $"is {lag + 1} blocks behind");

        var age = now - status.LatestTime;
        Take(age > OldBlock ? PointsForAge : 0, $"its latest block is {(long)age.TotalSeconds} s old");
        Take(Math.Min(MostForLatency, (long)(record.Latency.TotalMilliseconds / MillisecondsPerPoint)), $"answers after {(long)record.Latency.TotalMilliseconds} ms");
        Take((long)(MostForErrors * record.FailureShare), $"fails {record.FailureShare:P0} of its calls");

        var kept = status.LatestHeight - status.EarliestHeight;
        var missing = status.EarliestHeight <= 1 ? 0 : Math.Clamp(1 - ((double)kept / wantedHistory), 0, 1);
        Take((long)(MostForArchive * missing), $"keeps only {kept} blocks");
        return new(Math.Max(1, value), complaints);

        void Take(long points, string complaint)
        {
            if (points <= 0) return;
            value -= (int)points;
            complaints.Add(complaint);
        }
    }
}

/// <summary>How the last calls of an endpoint went, the latest ones counting most. Replaced as a whole at each change.</summary>
/// <param name="Latency">Mean time to an answer about its state; zero before the first.</param>
/// <param name="FailureShare">Share of calls that failed, 0 to 1.</param>
internal sealed record EndpointRecord(TimeSpan Latency, double FailureShare)
{
    // Each call moves the mean by a tenth: after some 20 good ones an old failure hardly shows.
    private const double Weight = 0.1;

    public static readonly EndpointRecord Empty = new(TimeSpan.Zero, 0);

    public EndpointRecord Answered() => this with { FailureShare = FailureShare * (1 - Weight) };

    /// <summary>Only the time: that it answered is noted where the whole call ends.</summary>
    public EndpointRecord AnsweredState(TimeSpan elapsed) => this with
    {
        Latency = Latency == TimeSpan.Zero ? elapsed : (Latency * (1 - Weight)) + (elapsed * Weight),
    };

    public EndpointRecord Failed() => this with { FailureShare = (FailureShare * (1 - Weight)) + Weight };
}
