namespace ProviderAgent.Metering;

/// <summary>How usage is measured. Section <c>metering</c>.</summary>
public sealed class MeteringOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "metering";

    /// <summary>Time between two samples of a container; what a container uses after its last sample is lost, so this bounds the error at its end.</summary>
    /// <value>Default 10 s; 1 s to 10 min.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long usage is kept sample by sample; older usage is kept by day. About 0.9 MB a day for each container at 10 s.</summary>
    /// <value>Default 3 days; 1 hour to 1 year.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(3);
}
