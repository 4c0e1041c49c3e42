using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Certificates from files and self-made ones: which is served, and which never is.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly SettableOptions<IngressOptions> _options;
    private readonly CertificateShelf _shelf;

    public CertificateTests()
    {
        _options = new(new() { Tls = new() { Certificate = _folder.File("tls.crt"), Key = _folder.File("tls.key") } });
        _shelf = new(new(new(_folder.Path)), new(new(_folder.Path), _time), _options, _time, NullLogger<CertificateShelf>.Instance);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Choose_WildcardFromFiles_CoversOneLabelOnly()
    {
        Write(["*.ingress.example.com"]);

        var chosen = _shelf.Choose(["a.ingress.example.com", "b.a.ingress.example.com", "ingress.example.com", "a.example.com"], "ingress.example.com");

        Assert.Equal(["a.ingress.example.com"], chosen.Keys);
        Assert.Empty(_shelf.Problems);
    }

    [Fact]
    public void Choose_FilesAreReplaced_TakesTheNewOne()
    {
        Write(["a.example.com"]);
        var before = _shelf.Choose(["a.example.com"], "")["a.example.com"].Fingerprint;

        Write(["a.example.com"], stampAhead: 10);

        Assert.NotEqual(before, _shelf.Choose(["a.example.com"], "")["a.example.com"].Fingerprint);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("another key")]
    [InlineData("ended")]
    [InlineData("not yet")]
    [InlineData("no names")]
    [InlineData("gone")]
    public void Choose_NewFilesAreBad_KeepsTheGoodOneAndTells(string how)
    {
        Write(["a.example.com"]);
        var good = _shelf.Choose(["a.example.com"], "")["a.example.com"];
        switch (how)
        {
            case "garbage": Put("tls.crt", "-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n", 10); break;
            case "another key": Put("tls.key", Make(["a.example.com"]).Key, 10); break;
            case "ended": Write(["a.example.com"], from: -20, days: 10, stampAhead: 10); break;
            case "not yet": Write(["a.example.com"], from: 1, stampAhead: 10); break;
            case "no names": Write([], stampAhead: 10); break;
            case "gone": File.Delete(_folder.File("tls.crt")); break;
        }

        Assert.Equal(good, _shelf.Choose(["a.example.com"], "")["a.example.com"]);
        Assert.Contains("the one from before is served", Assert.Single(_shelf.Problems), StringComparison.Ordinal);
        Write(["a.example.com"], stampAhead: 20);
        Assert.NotEqual(good, _shelf.Choose(["a.example.com"], "")["a.example.com"]);
        Assert.Empty(_shelf.Problems);
    }

    [Fact]
    public void Choose_CertificateEndsWhileServed_IsToldAheadAndThenDropped()
    {
        Write(["a.example.com"], days: 20);
        Assert.Single(_shelf.Choose(["a.example.com"], ""));
        Assert.Empty(_shelf.Problems);

        _time.Advance(TimeSpan.FromDays(10));
        Assert.Single(_shelf.Choose(["a.example.com"], ""));
        Assert.Contains("put a new one in its place", Assert.Single(_shelf.Problems), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromDays(11));
        Assert.Empty(_shelf.Choose(["a.example.com"], ""));
        Assert.Contains("renew it", Assert.Single(_shelf.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_SelfMade_CoversGeneratedAndOwnNamesAndIsKept()
    {
        _options.CurrentValue.Tls = new() { SelfMade = true };
        string[] hosts = ["x.ingress.example.com", "y.ingress.example.com", "www.example.org"];

        var chosen = _shelf.Choose(hosts, "ingress.example.com");

        Assert.Equal(hosts.Order(), chosen.Keys.Order());
        Assert.Same(chosen["x.ingress.example.com"], chosen["y.ingress.example.com"]);
        Assert.All(chosen, pair => Assert.True(pair.Value.Covers(pair.Key)));
        using var authority = X509CertificateLoader.LoadCertificateFromFile(_folder.File("authority.crt"));
        foreach (var certificate in chosen.Values)
        {
            using var leaf = X509Certificate2.CreateFromPem(certificate.Chain);
            using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationTime = _time.GetUtcNow().UtcDateTime } };
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            Assert.True(chain.Build(leaf), string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation)));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("authority.key")));
        var again = new SelfMadeAuthority(new(_folder.Path), _time).For("www.example.org", "ingress.example.com", _time.GetUtcNow());
        Assert.Equal(chosen["www.example.org"].Fingerprint, again?.Fingerprint);
        _time.Advance(TimeSpan.FromDays(61));
        Assert.NotEqual(chosen["www.example.org"].Fingerprint, _shelf.Choose(hosts, "ingress.example.com")["www.example.org"].Fingerprint);
    }

    [NeedsFact(NginxRig.Program)]
    public async Task Apply_NewCertificate_IsServedAndOpenConnectionsGoOn()
    {
        await using var rig = new NginxRig();
        var replica = rig.AddReplica(11);
        var route = rig.Route("a.example.com", null, replica);
        var first = Parse(["a.example.com"]);
        Assert.True((await rig.Driver.ApplyAsync(new([route], new Dictionary<string, ServingCertificate> { ["a.example.com"] = first }), default)).IsServing);
        using var shown = await rig.HandshakeAsync("a.example.com");
        var socket = await rig.OpenWebSocketAsync("a.example.com");

        var second = Parse(["a.example.com"]);
        var report = await rig.Driver.ApplyAsync(new([route], new Dictionary<string, ServingCertificate> { ["a.example.com"] = second }), default);

        Assert.True(report.IsServing, report.Problem);
        using var next = await rig.HandshakeAsync("a.example.com");
        Assert.Equal(X509Certificate2.CreateFromPem(first.Chain).Thumbprint, shown.Thumbprint);
        Assert.Equal(X509Certificate2.CreateFromPem(second.Chain).Thumbprint, next.Thumbprint);
        Assert.Equal("open", await NginxRig.EchoAsync(socket, "open"));
        await Assert.ThrowsAnyAsync<Exception>(() => rig.HandshakeAsync("unknown.example.com"));
        Assert.Equal([rig.Paths.CertificateFile(second), rig.Paths.KeyFile(second)], Directory.GetFiles(rig.Paths.Certificates).Order());
    }

    internal ServingCertificate Parse(string[] names)
    {
        var (certificate, key) = Make(names);
        return CertificateReader.Parse(certificate, key, "files", _time.GetUtcNow());
    }

    private void Write(string[] names, int from = -1, int days = 60, int stampAhead = 0)
    {
        var (certificate, key) = Make(names, from, days);
        Put("tls.crt", certificate, stampAhead);
        Put("tls.key", key, stampAhead);
    }

    // A test writes faster than time stamps tell apart.
    private void Put(string file, string text, int stampAhead)
    {
        File.WriteAllText(_folder.File(file), text);
        File.SetLastWriteTimeUtc(_folder.File(file), DateTime.UnixEpoch.AddSeconds(1_000 + stampAhead));
    }

    private (string Certificate, string Key) Make(string[] names, int from = -1, int days = 60)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternative.AddDnsName(name);
        if (names.Length > 0) request.CertificateExtensions.Add(alternative.Build());
        using var certificate = request.CreateSelfSigned(_time.GetUtcNow().AddDays(from), _time.GetUtcNow().AddDays(from + days));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
