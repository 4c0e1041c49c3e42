namespace ProviderAgent.Inventory;

/// <summary>Looks at the hardware.</summary>
public interface IHostProbe
{
    /// <summary>Measures now. Reads files only; may block for as long as the file system does.</summary>
    /// <exception cref="HostProbeException">Something could not be read or makes no sense; the message says what.</exception>
    HostResources Measure();
}

/// <summary>Says where the engine keeps the data of its containers.</summary>
/// <returns>An absolute path; null while the engine has not been asked yet.</returns>
public delegate string? EngineDataFolder();
