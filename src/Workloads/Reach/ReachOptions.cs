namespace ProviderAgent.Workloads;

/// <summary>Who is asked to let the internet through to this host.</summary>
public enum RouterMode
{
    /// <summary>Nobody: the host has a public address, or its ports are forwarded by hand.</summary>
    None,

    /// <summary>The router, by UPnP; through the program upnpc.</summary>
    Upnp,

    /// <summary>The router, by NAT-PMP; through the program natpmpc.</summary>
    NatPmp,

    /// <summary>The router, by UPnP, and by NAT-PMP when it does not answer that.</summary>
    Auto,
}

/// <summary>How this host is reached from outside. Section <c>reach</c>.</summary>
public sealed class ReachOptions
{
    /// <summary>How often it is looked whether this host can be reached under its names.</summary>
    /// <value>Default 1 min; 5 s to 1 h.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Who is asked to lead the gateway's, the ingress's and tenants' ports to this host.</summary>
    /// <value>Default <c>none</c>. Only the router of the default route is ever asked.</value>
    public RouterMode Router { get; set; }

    /// <summary>For how long the router is asked to keep a mapping. It is renewed when half of that has passed, and ends by itself when this host is gone.</summary>
    /// <value>Default 1 h; 2 min to 1 day.</value>
    public TimeSpan MappingLease { get; set; } = TimeSpan.FromHours(1);
}
