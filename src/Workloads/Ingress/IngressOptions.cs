namespace ProviderAgent.Workloads;

/// <summary>Who answers for tenants' host names.</summary>
public enum IngressMode
{
    /// <summary>An nginx of the daemon's own, from the package of the distribution.</summary>
    Nginx,

    /// <summary>Nobody: the host has a proxy of its own. Services that ask for a host name get a port like any other instead.</summary>
    None,
}

/// <summary>How tenants' web services are reached by host name. Section <c>ingress</c>.</summary>
public sealed class IngressOptions
{
    /// <summary>Who answers for tenants' host names.</summary>
    /// <value>Default <c>nginx</c>.</value>
    public IngressMode Mode { get; set; }

    /// <summary>Address and port for HTTP.</summary>
    /// <value>Default <c>0.0.0.0:80</c>.</value>
    public string Http { get; set; } = "0.0.0.0:80";

    /// <summary>Address and port for HTTPS. Nothing listens there before there is a certificate.</summary>
    /// <value>Default <c>0.0.0.0:443</c>.</value>
    public string Https { get; set; } = "0.0.0.0:443";

    /// <summary>Gives each web service a host name below <c>provider.ingress_domain</c>.</summary>
    /// <value>Default true. Without, each web service must bring its own.</value>
    public bool GeneratedNames { get; set; } = true;

    /// <summary>Host names that no tenant gets. One with a leading dot blocks the domain and everything below it.</summary>
    /// <value>Default none. The provider's own name and the ingress domain are always among them.</value>
    public List<string> Blocked { get; set; } = [];

    /// <summary>Routes a tenant's own host name only after its owner has shown by a DNS record that it may use it.</summary>
    /// <value>Default false: first come, first served, as elsewhere on the market.</value>
    public bool RequireOwnership { get; set; }

    /// <summary>Name servers that are asked for that record, as addresses with or without a port.</summary>
    /// <value>Default: those of this host.</value>
    public List<string> Resolvers { get; set; } = [];

    /// <summary>Sends plain HTTP to HTTPS where there is a certificate for the name.</summary>
    /// <value>Default false.</value>
    public bool RedirectToHttps { get; set; }

    /// <summary>How long a connection that was open before a change of routes may go on, a WebSocket for example.</summary>
    /// <value>Default 1 h; 1 s to 1 day. Each change keeps a process until its last such connection ends.</value>
    public TimeSpan StreamGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Connections from one address at the same time.</summary>
    /// <value>Default 512; 1 to 1 000 000.</value>
    public int ConnectionsPerAddress { get; set; } = 512;

    /// <summary>Requests and WebSockets of one route at the same time, so that one tenant leaves room for the others.</summary>
    /// <value>Default 4096; 1 to 1 000 000.</value>
    public int ConnectionsPerRoute { get; set; } = 4_096;

    /// <summary>How long a client may take to send the whole head of a request; it is cut off then.</summary>
    /// <value>Default 10 s; 1 s to 5 min.</value>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may send nothing in the middle of a request's body; it is cut off then.</summary>
    /// <value>Default 30 s; 1 s to 10 min. There is no limit for the whole body: uploads may take as long as they move.</value>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The proxy itself.</summary>
    public NginxOptions Nginx { get; set; } = new();

    /// <summary>Where certificates come from.</summary>
    public IngressTlsOptions Tls { get; set; } = new();
}

/// <summary>The nginx that the daemon uses.</summary>
public sealed class NginxOptions
{
    /// <summary>The program.</summary>
    /// <value>Default <c>/usr/sbin/nginx</c>, from the package <c>nginx-light</c>.</value>
    public string Program { get; set; } = "/usr/sbin/nginx";

    /// <summary>Folder of the unit <c>provider-agent-ingress.service</c>. Where it exists, that unit runs nginx; elsewhere the daemon starts it, in its state folder.</summary>
    /// <value>Default <c>/run/provider-agent-ingress</c>.</value>
    public string UnitDirectory { get; set; } = "/run/provider-agent-ingress";
}

/// <summary>Where certificates come from, the first that covers a name: files, the authority, self-made.</summary>
public sealed class IngressTlsOptions
{
    /// <summary>Certificate chain in PEM, normally for <c>*.</c> and the ingress domain. Watched: a new one is taken without a restart.</summary>
    /// <value>Default none.</value>
    public string Certificate { get; set; } = "";

    /// <summary>Its private key in PEM.</summary>
    /// <value>Default none.</value>
    public string Key { get; set; } = "";

    /// <summary>Makes an authority of this host's own and certificates from it. No browser trusts them: for trials.</summary>
    /// <value>Default false.</value>
    public bool SelfMade { get; set; }

    /// <summary>Certificates from an authority, by its protocol.</summary>
    public AcmeOptions Acme { get; set; } = new();
}

/// <summary>Certificates by ACME, through the program lego.</summary>
public sealed class AcmeOptions
{
    /// <summary>Address of the account at the authority. Setting it turns ACME on and accepts the authority's terms.</summary>
    /// <value>Default none: off.</value>
    public string Email { get; set; } = "";

    /// <summary>The authority's directory.</summary>
    /// <value>Default Let's Encrypt.</value>
    public Uri? Directory { get; set; } = new("https://acme-v02.api.letsencrypt.org/directory");

    /// <summary>File with the certificate of whoever signed the directory's own, for an authority that is not publicly trusted.</summary>
    /// <value>Default none.</value>
    public string Authority { get; set; } = "";

    /// <summary>DNS provider in lego's spelling. With it one certificate covers all generated names; without, each name gets its own over HTTP.</summary>
    /// <value>Default none.</value>
    public string Dns { get; set; } = "";

    /// <summary>File of <c>NAME=value</c> lines that the DNS provider needs. Readable by the daemon only.</summary>
    /// <value>Default none.</value>
    public string DnsEnvironment { get; set; } = "";

    /// <summary>Waits until all name servers of the domain have the record, before the authority is told to look.</summary>
    /// <value>Default true. False where this host cannot ask them.</value>
    public bool DnsPropagation { get; set; } = true;

    /// <summary>A certificate is replaced when less than this is left of it, or less than a third of its whole life.</summary>
    /// <value>Default 30 days; 1 h to 90 days.</value>
    public TimeSpan RenewAhead { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Loopback port on which lego answers the authority's question; nginx leads it there.</summary>
    /// <value>Default 8402; 1 to 65 535.</value>
    public int ChallengePort { get; set; } = 8_402;

    /// <summary>The program.</summary>
    /// <value>Default <c>/usr/bin/lego</c>.</value>
    public string Program { get; set; } = "/usr/bin/lego";
}
