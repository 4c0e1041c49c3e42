namespace ProviderAgent.Workloads;

/// <summary>What is counted of a lease. The numbers are in the kernel's table and must not change their meaning.</summary>
public enum GuardTally
{
    /// <summary>Packets refused because their source is not the lease's.</summary>
    Forged = 1,

    /// <summary>Packets refused because connections were opened too fast.</summary>
    TooFast = 2,

    /// <summary>Packets refused because too many connections are open.</summary>
    TooMany = 3,

    /// <summary>Packets refused because too much was sent.</summary>
    UploadOver = 4,

    /// <summary>Packets refused because too much was received.</summary>
    DownloadOver = 5,

    /// <summary>Packets to private addresses, refused.</summary>
    Private = 6,

    /// <summary>Packets to this host, refused.</summary>
    Host = 7,

    /// <summary>Packets to mail ports, refused.</summary>
    Mail = 8,

    /// <summary>Packets that open connections to watched ports or addresses; let through.</summary>
    Watched = 9,

    /// <summary>Addresses and TCP ports that were tried; each counts once a minute.</summary>
    Destinations = 10,

    /// <summary>Those of them that answered.</summary>
    Answered = 11,

    /// <summary>Packets refused because tenants have no IPv6.</summary>
    Ipv6 = 12,

    /// <summary>Packets that open connections to mail ports where the operator allows them.</summary>
    MailSent = 13,

    /// <summary>Addresses and UDP ports that were tried; each counts once a minute.</summary>
    UdpDestinations = 14,

    /// <summary>Those of them that answered.</summary>
    UdpAnswered = 15,
}
