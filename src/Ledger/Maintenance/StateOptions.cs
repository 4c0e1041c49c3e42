namespace ProviderAgent.Ledger;

/// <summary>Where the durable state lies and how long history is kept. Section <c>state</c>.</summary>
public sealed class StateOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "state";

    /// <summary>The state directory: absolute, on a local file system.</summary>
    /// <value>Default <c>/var/lib/provider-agent</c>.</value>
    public string Directory { get; set; } = "/var/lib/provider-agent";

    /// <summary>Most decisions on orders to keep; older ones are forgotten first.</summary>
    /// <value>Default 100 000; 100 to 10 000 000.</value>
    public int DecisionRows { get; set; } = 100_000;

    /// <summary>Most seen orders to keep for <c>replay</c>, about 200 bytes each; older ones are forgotten first. They are kept as long as finished intents.</summary>
    /// <value>Default 1 000 000; 100 to 100 000 000.</value>
    public int OrderRows { get; set; } = 1_000_000;

    /// <summary>How long decisions on orders are kept.</summary>
    /// <value>Default 90 days; at least 1 hour.</value>
    public TimeSpan DecisionAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long finished intents and transactions are kept. Unfinished ones, usage and income are never forgotten.</summary>
    /// <value>Default 365 days; at least 1 day.</value>
    public TimeSpan HistoryAge { get; set; } = TimeSpan.FromDays(365);
}
