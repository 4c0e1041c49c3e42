using ProviderAgent.Inventory;

namespace ProviderAgent.Workloads;

/// <summary>The disk that images and containers share.</summary>
public interface IDataDisk
{
    /// <summary>What an ordinary process can still write; null when it cannot be told, for example because the engine is on another host.</summary>
    long? FreeBytes();
}

/// <inheritdoc/>
internal sealed class DataDisk(EngineDataFolder folder) : IDataDisk
{
    public long? FreeBytes()
    {
        try
        {
            return folder() is { } path ? new DriveInfo(path).AvailableFreeSpace : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
