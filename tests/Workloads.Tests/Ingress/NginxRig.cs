using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>A real nginx under the driver, on ports and in a folder of its own.</summary>
internal sealed class NginxRig : IAsyncDisposable
{
    public const string Program = "/usr/sbin/nginx";

    private readonly List<IDisposable> _replicas = [];

    public NginxRig()
    {
        Options = new(new()
        {
            Http = $"127.0.0.1:{HttpPort}",
            Https = $"127.0.0.1:{HttpsPort}",
            StreamGrace = TimeSpan.FromSeconds(20),
            Nginx = new() { UnitDirectory = "/proc/nonexistent", Program = Program },
        });
        Driver = NewDriver();
    }

    public TempFolder Folder { get; } = new();

    public int HttpPort { get; } = FreePort.Next();

    public int HttpsPort { get; } = FreePort.Next();

    /// <summary>Port on which all replicas listen, each on a loopback address of its own.</summary>
    public int ReplicaPort { get; } = FreePort.Next();

    public SettableOptions<IngressOptions> Options { get; }

    public MeterProbe Meters { get; private set; } = new();

    public EventCounter Log { get; } = new();

    public NginxDriver Driver { get; private set; }

    public NginxPaths Paths => new(NginxDriver.OwnFolder(new(Folder.Path)));

    public NginxProcesses Processes => new(Paths, TimeProvider.System);

    /// <summary>As after a restart of the daemon.</summary>
    public void RestartDaemon()
    {
        Meters = new();
        Driver = NewDriver();
    }

    /// <summary>A replica on 127.0.0.<paramref name="number"/>.</summary>
    public WebReplica AddReplica(int number, Func<string, string>? answer = null)
    {
        var replica = new WebReplica(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.0.{number}")), ReplicaPort, answer ?? (_ => WebReplica.Ok($"replica {number}")));
        _replicas.Add(replica);
        return replica;
    }

    public IngressRoute Route(string host, HttpOptions? http = null, params WebReplica[] replicas) =>
        new(Build.Lease, host.Split('.')[0], ReplicaPort, [host], replicas.Select(replica => new IPEndPoint(replica.Address, ReplicaPort)).ToValueList(), http ?? new());

    public Task<IngressReport> ApplyAsync(params IngressRoute[] routes) => Driver.ApplyAsync(new([.. routes], new Dictionary<string, ServingCertificate>()), CancellationToken.None);

    public async Task ServeAsync(params IngressRoute[] routes)
    {
        var report = await ApplyAsync(routes);
        // A busy machine may hold one up for longer than the driver waits; the daemon looks again every 2 s.
        if (!report.IsServing) report = await ApplyAsync(routes);
        Assert.True(report.IsServing, report.Problem);
    }

    /// <summary>kill -9 of the master alone.</summary>
    /// <returns>Its workers, which serve on.</returns>
    public async Task<IReadOnlyList<int>> KillMasterAsync()
    {
        var master = Processes.FindMaster() ?? throw new InvalidOperationException("no master");
        var workers = NginxLeftovers.Find(Folder.Path).Where(pid => pid != master).ToArray();
        System.Diagnostics.Process.GetProcessById(master).Kill();
        await Eventually.BecomesTrueAsync("the master to be gone", () => Processes.FindMaster() is null);
        return workers;
    }

    /// <summary>kill -9 of all of it, as when the host's administrator cleans up.</summary>
    public Task KillAllAsync() => NginxLeftovers.EndAsync(Folder.Path);

    /// <summary>Sends a request as it is and reads the answer to the end of the connection.</summary>
    public async Task<string> AskRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, HttpPort);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    public Task<string> GetAsync(string host, string headers = "") => AskRawAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");

    /// <summary>An upgraded connection through nginx to a replica that echoes.</summary>
    public async Task<NetworkStream> OpenWebSocketAsync(string host)
    {
        var client = new TcpClient();
        _replicas.Add(client);
        await client.ConnectAsync(IPAddress.Loopback, HttpPort);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"));
        var head = "";
        var one = new byte[1];
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head += (char)one[0];
        }

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        return stream;
    }

    public static async Task<string> EchoAsync(NetworkStream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        var answer = new byte[text.Length];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        return Encoding.ASCII.GetString(answer);
    }

    /// <summary>The certificate that is shown for a name, whoever signed it.</summary>
    public async Task<X509Certificate2> HandshakeAsync(string host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, HttpsPort);
#pragma warning disable CA5359 // The certificate is what is looked at.
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(host);
        return new X509Certificate2(tls.RemoteCertificate!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) replica.Dispose();
        if (Processes.FindMaster() is { } master) NginxProcesses.Leave(master);
        await Eventually.BecomesTrueAsync("nginx to end", () => Processes.FindMaster() is null);
        // Workers that a test made orphans of would hold their ports for as long as their connections last.
        await NginxLeftovers.EndAsync(Folder.Path);
        Folder.Dispose();
    }

    private NginxDriver NewDriver() => new(Options, new(Folder.Path), new(Meters, TimeProvider.System), TimeProvider.System, new LoggerOf(Log));

    private sealed class LoggerOf(EventCounter counter) : Microsoft.Extensions.Logging.ILogger<NginxDriver>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            counter.Log(logLevel, eventId, state, exception, formatter);
    }
}
