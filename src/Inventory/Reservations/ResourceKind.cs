namespace ProviderAgent.Inventory;

/// <summary>What a host can run out of, or not have at all.</summary>
public enum ResourceKind
{
    /// <summary>Processor time in thousandths of a thread.</summary>
    Cpu,

    /// <summary>Memory in bytes, volumes of class <c>ram</c> included.</summary>
    Memory,

    /// <summary>Ephemeral disk space in bytes: the writable layers of containers.</summary>
    Storage,

    /// <summary>Whole devices.</summary>
    Gpu,

    /// <summary>Volumes of a class that is not for sale here, persistent ones among them.</summary>
    StorageClass,

    /// <summary>Public addresses of a tenant's own.</summary>
    LeasedIp,

    /// <summary>The host as a whole: it is not, or no longer, measured.</summary>
    Host,

    /// <summary>The request itself is malformed.</summary>
    Request,
}
