namespace ProviderAgent.Operator.Views;

/// <param name="Schema">Version of this document.</param>
/// <param name="Stale">The engine does not answer; what follows is from before.</param>
/// <param name="Leases">Every lease that is not closed.</param>
public sealed record LeasesView(int Schema, bool Stale, IReadOnlyList<LeaseRow> Leases);

/// <param name="Lease">owner/dseq/gseq/oseq/provider.</param>
/// <param name="Stage">Where it stands on this host.</param>
/// <param name="Price">Per tick of the market.</param>
/// <param name="Manifest">Hash of the accepted manifest; null before the first.</param>
/// <param name="Generation">Accepted manifests so far.</param>
/// <param name="Services">Its services.</param>
/// <param name="Problem">What keeps the lease as a whole from running; null when nothing does.</param>
public sealed record LeaseRow(string Lease, string Stage, string Price, string? Manifest, int Generation, IReadOnlyList<ServiceRow> Services, string? Problem)
{
    /// <summary>When it is ended if its tenant sends no manifest; null when it has one.</summary>
    public DateTimeOffset? ManifestDueAt { get; init; }

    /// <summary>What its traffic looks like; nothing is closed because of it.</summary>
    public IReadOnlyList<SignalRow> Signals { get; init; } = [];
}

/// <param name="Signal">scan, mining, mail, forged_source, private_addresses or flood.</param>
/// <param name="FirstSeenAt">When it was first seen.</param>
/// <param name="LastSeenAt">When it was last seen.</param>
/// <param name="Count">How much of it was counted.</param>
/// <param name="Text">The reason in words.</param>
public sealed record SignalRow(string Signal, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, long Count, string Text);

/// <param name="Name">The service.</param>
/// <param name="Image">As the tenant wrote it.</param>
/// <param name="Replicas">Replicas that are leased.</param>
/// <param name="Ready">Replicas that run from the accepted manifest.</param>
/// <param name="Restarts">Starts that did not last.</param>
/// <param name="Hosts">Its host names.</param>
/// <param name="Ports">Ports of this host that lead to it.</param>
/// <param name="Containers">Engine ids of its containers.</param>
/// <param name="Problem">Why it is not as it should be; null when it is.</param>
/// <param name="Instances">Its replicas, as far as the engine has them.</param>
/// <param name="Volumes">Its persistent volumes.</param>
/// <param name="Notes">What this host did to its replicas lately, oldest first.</param>
public sealed record ServiceRow(
    string Name,
    string Image,
    int Replicas,
    int Ready,
    int Restarts,
    IReadOnlyList<HostRow> Hosts,
    IReadOnlyList<PortRow> Ports,
    IReadOnlyList<string> Containers,
    string? Problem,
    IReadOnlyList<InstanceRow> Instances,
    IReadOnlyList<VolumeRow> Volumes,
    IReadOnlyList<NoteRow> Notes);

/// <param name="Name">For example <c>web-0</c>.</param>
/// <param name="State">created, running, paused, exited or removing.</param>
/// <param name="StartedAt">When its present or latest run began; null before the first.</param>
/// <param name="Restarts">Starts that did not last.</param>
/// <param name="LastExit">How the run before ended; null when no end was seen.</param>
/// <param name="Gpus">UUIDs of its GPUs.</param>
/// <param name="Disk">Its writable layer and scratch folders.</param>
public sealed record InstanceRow(string Name, string State, DateTimeOffset? StartedAt, int Restarts, ExitRow? LastExit, IReadOnlyList<string> Gpus, LayerRow Disk)
{
    /// <summary>By its image's own check; null when that has none, or it does not run.</summary>
    public HealthRow? Health { get; init; }
}

/// <param name="Status">starting, healthy or unhealthy.</param>
/// <param name="Output">What the latest check printed, as one line. The tenant wrote it.</param>
public sealed record HealthRow(string Status, string Output);

/// <param name="LimitBytes">As leased, the file system's own part included; null when no manifest asks for this replica any more.</param>
/// <param name="LimitEnforced">The host holds the tenant to it.</param>
/// <param name="UsedBytes">What it holds, as of the latest look; null when it has no file system of its own.</param>
/// <param name="UsedFiles">Files in it; null as above.</param>
/// <param name="LimitFiles">Most files that it can have; null as above.</param>
public sealed record LayerRow(long? LimitBytes, bool LimitEnforced, long? UsedBytes, long? UsedFiles, long? LimitFiles);

/// <param name="Reason">completed, error, oom_killed, cannot_run, not_found or signal.</param>
/// <param name="ExitCode">As the engine reports it.</param>
/// <param name="At">When; null when the engine does not say.</param>
public sealed record ExitRow(string Reason, int ExitCode, DateTimeOffset? At);

/// <param name="Name">The tenant's name for it.</param>
/// <param name="Instance">The replica that has it.</param>
/// <param name="Class">As leased.</param>
/// <param name="LimitBytes">As leased.</param>
/// <param name="LimitEnforced">The host holds the tenant to it.</param>
/// <param name="Path">Where it is mounted.</param>
/// <param name="UsedBytes">What it holds, as of the latest look; null while nobody uses it, or when it has no file system of its own.</param>
/// <param name="UsedFiles">Files in it; null as above.</param>
/// <param name="LimitFiles">Most files that it can have; null as above.</param>
public sealed record VolumeRow(
    string Name, string Instance, string Class, long LimitBytes, bool LimitEnforced, string Path, long? UsedBytes, long? UsedFiles, long? LimitFiles);

/// <param name="At">When.</param>
/// <param name="Instance">The replica.</param>
/// <param name="Text">What was done, and why.</param>
public sealed record NoteRow(DateTimeOffset At, string Instance, string Text);

/// <param name="Host">The host name.</param>
/// <param name="State">routed, waiting, withheld, taken, unproven or refused.</param>
/// <param name="Detail">What its tenant or the operator can do; null when all is well.</param>
/// <param name="CertificateUntil">Until when its certificate is good; null while it is served over plain HTTP only.</param>
public sealed record HostRow(string Host, string State, string? Detail, DateTimeOffset? CertificateUntil);

/// <param name="Container">Port inside the container.</param>
/// <param name="Host">Port of this host.</param>
/// <param name="Protocol">tcp or udp.</param>
public sealed record PortRow(int Container, int Host, string Protocol);

/// <param name="Schema">Version of this document.</param>
/// <param name="Bids">Bids that stand or are on their way, oldest first.</param>
/// <param name="Recent">The latest decisions, newest first.</param>
/// <param name="Reasons">How often each reason occurred in the last day.</param>
public sealed record BidsView(int Schema, IReadOnlyList<BidRow> Bids, IReadOnlyList<DecisionRow> Recent, IReadOnlyList<ReasonRow> Reasons);

/// <param name="Order">owner/dseq/gseq/oseq.</param>
/// <param name="Stage">Where the bid stands.</param>
/// <param name="Price">What we ask; null when not read yet.</param>
/// <param name="SecondsLeft">Until it is taken back; null for never.</param>
public sealed record BidRow(string Order, string Stage, string? Price, double? SecondsLeft);

/// <param name="Order">owner/dseq/gseq/oseq.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Decision">bid or decline.</param>
/// <param name="Reason">Name of the reason; "Bid" for a bid.</param>
/// <param name="Detail">The reason in words.</param>
/// <param name="Price">What we bid; null when we did not.</param>
public sealed record DecisionRow(string Order, DateTimeOffset DecidedAt, string Decision, string Reason, string Detail, string? Price);

/// <param name="Decision">bid or decline.</param>
/// <param name="Reason">Name of the reason.</param>
/// <param name="Orders">How many orders.</param>
public sealed record ReasonRow(string Decision, string Reason, long Orders);

/// <param name="Schema">Version of this document.</param>
/// <param name="Decision">The stored decision.</param>
/// <param name="Times">How often this order was decided on.</param>
/// <param name="Inputs">Everything that the decision was made from.</param>
/// <param name="Acts">What was done about it, newest first.</param>
public sealed record WhyView(int Schema, DecisionRow Decision, int Times, System.Text.Json.JsonElement Inputs, IReadOnlyList<ActRow> Acts)
{
    /// <summary>The provider that the order went to, which may be this one; null when that is not known, or nobody got it.</summary>
    public string? Winner { get; init; }

    /// <summary>The price at which it went.</summary>
    public string? WinningPrice { get; init; }
}

/// <param name="BegunAt">When it was set out on.</param>
/// <param name="What">What it was, as stored.</param>
/// <param name="Outcome">What became of it, as stored; null while that is not known.</param>
public sealed record ActRow(DateTimeOffset BegunAt, System.Text.Json.JsonElement What, System.Text.Json.JsonElement? Outcome);
