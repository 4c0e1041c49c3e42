using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Certificates from an authority: the packaged lego and nginx against the packaged pebble.</summary>
public sealed class AcmeTests : IAsyncLifetime
{
    private const string Lego = "/usr/bin/lego";

    private const string Name = "www.example.org";

    private readonly NginxRig _rig = new();
    private readonly AcmeServer _server = new();
    private readonly ShiftedTime _time = new();
    private readonly IngressHost _host;

    public AcmeTests() => _host = new(_time, rig: _rig);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [NeedsFact(NginxRig.Program, AcmeServer.Program, AcmeServer.DnsProgram, Lego)]
    public async Task Http01_RoutedName_IsServedOverTls()
    {
        await StartAsync(acme => { });
        var replica = _rig.AddReplica(11);
        _host.Runs(IngressHost.Lease(Build.Lease, _rig.ReplicaPort, LeaseStage.Active, replica.Address, "www.example.org"));
        _rig.Options.CurrentValue.GeneratedNames = false;
        await KeepAsync();

        await _host.Get<AcmeKeeper>().TurnAsync(default);
        Assert.True(!_host.Get<AcmeStore>().Failures.Any(), string.Join("; ", _host.Get<AcmeStore>().Failures));
        await KeepAsync();

        using var shown = await _rig.HandshakeAsync("www.example.org");
        Assert.Contains("Pebble", shown.Issuer, StringComparison.Ordinal);
        Assert.NotNull(_host.Host("www.example.org").CertificateUntil);
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(_rig.Folder.Path, "acme", "accounts"), "*.key", SearchOption.AllDirectories),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        // The tenant's own questions of this kind still reach it.
        Assert.EndsWith("replica 11", await _rig.AskRawAsync("GET /.well-known/acme-challenge/mine HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);

        await _host.Get<AcmeKeeper>().TurnAsync(default); // it has one: nothing is asked
        Assert.Equal(1, _host.Meters.Sum("provider_ingress_certificates_total", "result=success"));
        Assert.Equal((1, 0), (_host.Log.Count("CertificateIssued"), _host.Log.Count("CertificateFailed")));
    }

    [NeedsFact(NginxRig.Program, AcmeServer.Program, AcmeServer.DnsProgram, Lego)]
    public async Task Http01_CertificateEndsSoon_IsRenewedAndTakenIntoUse_AndNoConnectionIsDropped()
    {
        using var first = await ServeAsync();
        var until = _host.Host(Name).CertificateUntil;
        var socket = await _rig.OpenWebSocketAsync(Name);
        Assert.Equal("before", await NginxRig.EchoAsync(socket, "before"));
        await _host.Get<AcmeKeeper>().TurnAsync(default); // most of it is still to come
        Assert.Equal(1, _host.Meters.Sum("provider_ingress_certificates_total", "result=success"));

        _time.Ahead = TimeSpan.FromMinutes(41); // of sixty: less than a third is left
        using var stop = new CancellationTokenSource();
        var asking = AskOnAsync(stop.Token);
        await _host.Get<AcmeKeeper>().TurnAsync(default);
        await KeepAsync();
        using var second = await _rig.HandshakeAsync(Name);
        await stop.CancelAsync();

        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.True(second.NotAfter >= first.NotAfter);
        Assert.True(_host.Host(Name).CertificateUntil >= until);
        Assert.Equal(2, _host.Meters.Sum("provider_ingress_certificates_total", "result=success"));
        Assert.Equal((2, 0), (_host.Log.Count("CertificateIssued"), _host.Log.Count("CertificateFailed")));
        Assert.All(await asking, answer => Assert.EndsWith("replica 11", answer, StringComparison.Ordinal));
        Assert.Equal("after", await NginxRig.EchoAsync(socket, "after"));

        // Of the new one most is still to come.
        _time.Ahead = TimeSpan.FromMinutes(5);
        await _host.Get<AcmeKeeper>().TurnAsync(default);
        Assert.Equal(2, _host.Meters.Sum("provider_ingress_certificates_total", "result=success"));
        await KeepAsync();
        using var shown = await _rig.HandshakeAsync(Name);
        Assert.Equal(second.SerialNumber, shown.SerialNumber);
    }

    [NeedsFact(NginxRig.Program, AcmeServer.Program, AcmeServer.DnsProgram, Lego)]
    public async Task Http01_RenewalFails_TheOldOneIsServedOn_ItIsTold_AndThePausesGrow()
    {
        using var first = await ServeAsync();
        await _server.StopAuthorityAsync();

        _time.Ahead = TimeSpan.FromMinutes(41);
        await _host.Get<AcmeKeeper>().TurnAsync(default);
        await _host.Get<AcmeKeeper>().TurnAsync(default); // not again at once
        await KeepAsync();

        Assert.Equal(1, _host.Meters.Sum("provider_ingress_certificates_total", "result=fail"));
        Assert.StartsWith($"no certificate for {Name}: ", Assert.Single(_host.Keeper.Snapshot.CertificateProblems), StringComparison.Ordinal);
        Assert.Equal(1, _host.Log.Count("CertificateFailed"));
        Assert.NotNull(_host.Host(Name).CertificateUntil);
        using (var shown = await _rig.HandshakeAsync(Name)) Assert.Equal(first.SerialNumber, shown.SerialNumber);

        foreach (var (minutes, failures) in new[] { (45, 1), (47, 2), (56, 2), (58, 3) }) // after 5 min, then after 10
        {
            _time.Ahead = TimeSpan.FromMinutes(minutes);
            await _host.Get<AcmeKeeper>().TurnAsync(default);
            Assert.Equal(failures, _host.Meters.Sum("provider_ingress_certificates_total", "result=fail"));
        }

        await KeepAsync();
        using var last = await _rig.HandshakeAsync(Name);
        Assert.Equal(first.SerialNumber, last.SerialNumber);
    }

    [NeedsFact(NginxRig.Program, AcmeServer.Program, AcmeServer.DnsProgram, Lego, "curl")]
    public async Task Dns01_GeneratedNames_ShareOneWildcard()
    {
        await StartAsync(acme =>
        {
            acme.Dns = "exec";
            acme.DnsPropagation = false; // the test's name server does not say who is in charge of a domain
            acme.DnsEnvironment = _server.DnsEnvironment;
        });
        _host.Runs(IngressHost.Lease(Build.Lease, _rig.ReplicaPort, LeaseStage.Active, _rig.AddReplica(11).Address));
        await KeepAsync();

        await _host.Get<AcmeKeeper>().TurnAsync(default);
        Assert.True(!_host.Get<AcmeStore>().Failures.Any(), string.Join("; ", _host.Get<AcmeStore>().Failures));
        await KeepAsync();

        using var shown = await _rig.HandshakeAsync(HostName.Generated(Build.Lease, "web", IngressHost.Domain));
        Assert.Equal(["*." + IngressHost.Domain], shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
    }

    [NeedsFact(NginxRig.Program, AcmeServer.Program, AcmeServer.DnsProgram, Lego)]
    public async Task Http01_AuthorityCannotReachUs_IsToldAndWaitsBeforeTheNextTry()
    {
        await StartAsync(acme => { }, httpPort: FreePort.Next());
        _rig.Options.CurrentValue.GeneratedNames = false;
        _host.Runs(IngressHost.Lease(Build.Lease, _rig.ReplicaPort, LeaseStage.Active, _rig.AddReplica(11).Address, "www.example.org"));
        await KeepAsync();

        await _host.Get<AcmeKeeper>().TurnAsync(default);
        await _host.Get<AcmeKeeper>().TurnAsync(default);
        await KeepAsync();

        Assert.Equal(1, _host.Meters.Sum("provider_ingress_certificates_total", "result=fail"));
        Assert.Contains("no certificate for www.example.org: ", Assert.Single(_host.Keeper.Snapshot.CertificateProblems), StringComparison.Ordinal);
        Assert.True(new AcmeStore(new(_rig.Folder.Path)).NextTry("www.example.org") > TimeProvider.System.GetUtcNow(), "a restarted daemon waits too");
        Assert.EndsWith("replica 11", await _rig.GetAsync("www.example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pause_GrowsToADay()
    {
        Assert.Equal(
            [TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1_280), TimeSpan.FromDays(1), TimeSpan.FromDays(1)],
            new[] { 0, 1, 2, 3, 9, 10, int.MaxValue }.Select(AcmeStore.Pause));
    }

    [Fact]
    public void Arguments_HttpAndDns_AreLegos()
    {
        var options = new AcmeOptions { Email = "me@example.com", Dns = "exec", ChallengePort = 8_402 };

        Assert.Equal(["--http", "--http.port", "127.0.0.1:8402", "run"], LegoCommand.Arguments(options, [], "/a", "www.example.org")[^4..]);
        Assert.Equal(["--dns", "exec", "--dns.resolvers", "127.0.0.1:53", "run"], LegoCommand.Arguments(options, ["127.0.0.1:53"], "/a", "*.example.org")[^5..]);
        options.DnsPropagation = false;
        Assert.Contains("--dns.disable-cp", LegoCommand.Arguments(options, [], "/a", "*.example.org"));
    }

    /// <summary>A tenant's name with a certificate that is good for an hour.</summary>
    private async Task<X509Certificate2> ServeAsync()
    {
        await StartAsync(acme => { }, validity: TimeSpan.FromHours(1));
        _rig.Options.CurrentValue.GeneratedNames = false;
        _host.Runs(IngressHost.Lease(Build.Lease, _rig.ReplicaPort, LeaseStage.Active, _rig.AddReplica(11).Address, Name));
        await KeepAsync();
        await _host.Get<AcmeKeeper>().TurnAsync(default);
        Assert.True(!_host.Get<AcmeStore>().Failures.Any(), string.Join("; ", _host.Get<AcmeStore>().Failures));
        await KeepAsync();
        return await _rig.HandshakeAsync(Name);
    }

    /// <summary>Asks again and again, each time on a connection of its own.</summary>
    private async Task<IReadOnlyList<string>> AskOnAsync(CancellationToken until)
    {
        var answers = new List<string>();
        while (!until.IsCancellationRequested) answers.Add(await _rig.GetAsync(Name));
        return answers;
    }

    // As the daemon does: a look that a busy machine has held up is followed by another.
    private Task KeepAsync() => Eventually.BecomesTrueAsync("the routes to be in force", async () =>
    {
        await _host.Keeper.KeepOnceAsync(default);
        return _host.Keeper.Snapshot.Problem is null;
    });

    private async Task StartAsync(Action<AcmeOptions> configure, int? httpPort = null, TimeSpan? validity = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=pebble", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1));
        await _server.StartAsync(httpPort ?? _rig.HttpPort, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), validity ?? TimeSpan.FromDays(90));
        var acme = new AcmeOptions { Email = "operator@example.com", Directory = _server.Directory, Authority = _server.Authority, ChallengePort = FreePort.Next() };
        configure(acme);
        _rig.Options.CurrentValue.Resolvers.Add(_server.Resolver);
        _rig.Options.CurrentValue.Tls.Acme = acme;
    }
}
