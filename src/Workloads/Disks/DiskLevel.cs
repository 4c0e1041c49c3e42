namespace ProviderAgent.Workloads;

/// <summary>How much room is left on the disk that tenants share.</summary>
public enum DiskLevel
{
    /// <summary>Enough.</summary>
    Ample,

    /// <summary>No storage is sold.</summary>
    NotSelling,

    /// <summary>What is kept without need is removed.</summary>
    Collecting,

    /// <summary>The operator has to act.</summary>
    Alarm,
}

/// <summary>Tells the level. Pure.</summary>
internal static class DiskLevels
{
    /// <param name="free">What is free; null when it cannot be told, which is no reason to stop.</param>
    /// <param name="options">The marks.</param>
    public static DiskLevel Of(long? free, WorkloadVolumeOptions options) => free switch
    {
        null => DiskLevel.Ample,
        { } bytes when bytes < options.AlarmBelow.Bytes => DiskLevel.Alarm,
        { } bytes when bytes < options.CollectBelow.Bytes => DiskLevel.Collecting,
        { } bytes when bytes < options.StopSellingBelow.Bytes => DiskLevel.NotSelling,
        _ => DiskLevel.Ample,
    };
}
