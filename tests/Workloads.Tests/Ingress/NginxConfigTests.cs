using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>The text that nginx gets.</summary>
public sealed class NginxConfigTests
{
    private static readonly NginxSettings Settings = new(new("/run/x"), "0.0.0.0:80", "0.0.0.0:443", "stderr", "/run/x/control-0.sock", 2, 65_536, TimeSpan.FromHours(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 512, 4_096, RedirectToHttps: false, ChallengePort: null);

    [Theory]
    [InlineData("a.example.com;}")]
    [InlineData("a.example.com\n")]
    [InlineData("*.example.com")]
    [InlineData("~.*")]
    [InlineData("$x")]
    public void Write_HostileHostName_Throws(string host) => Assert.Throws<ArgumentException>(() => Write(Route(host)));

    [Fact]
    public void Write_FolderWithABlank_Throws() =>
        Assert.Throws<ArgumentException>(() => NginxConfig.Write(Settings with { Paths = new("/run/x y") }, new([], new Dictionary<string, ServingCertificate>())));

    [Fact]
    public void Write_LeasedOptions_AreTakenOver()
    {
        var text = Write(Route(http: new()
        {
            MaxBodySize = 5_000,
            ReadTimeout = 1_001,
            SendTimeout = 2_000,
            NextTries = 4,
            NextTimeout = 1,
            NextCases = ["error", "500", "429"],
            ProxyBufferSize = 32_768,
        }));

        foreach (var line in new[]
        {
            "client_max_body_size 5000;", "proxy_read_timeout 2s;", "proxy_send_timeout 2s;", "proxy_next_upstream error http_500 http_429;", "proxy_next_upstream_tries 4;",
            "proxy_next_upstream_timeout 1s;", "proxy_buffer_size 32768;",
        }) Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NothingLeased_HasTheToolsDefaults()
    {
        var text = Write(Route());

        foreach (var line in new[]
        {
            "client_max_body_size 1048576;", "proxy_read_timeout 60s;", "proxy_send_timeout 60s;", "proxy_next_upstream error timeout;", "proxy_next_upstream_tries 3;",
            "proxy_next_upstream_timeout 0s;", "proxy_buffer_size 16384;",
        }) Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OptionsBeyondAllBounds_AreBounded()
    {
        var text = Write(Route(http: new()
        {
            MaxBodySize = uint.MaxValue,
            ReadTimeout = uint.MaxValue,
            SendTimeout = uint.MaxValue,
            NextTries = uint.MaxValue,
            NextTimeout = uint.MaxValue,
            NextCases = ["http_500; }", "invalid_header", "999"],
            ProxyBufferSize = uint.MaxValue,
        }));

        foreach (var line in new[]
        {
            "client_max_body_size 104857600;", "proxy_read_timeout 60s;", "proxy_send_timeout 60s;", "proxy_next_upstream error timeout;", "proxy_next_upstream_tries 100;",
            "proxy_next_upstream_timeout 3600s;", "proxy_buffer_size 1048576;",
        }) Assert.Contains(line, text, StringComparison.Ordinal);
        Assert.DoesNotContain("999", text.Split("server_name a.example.com", 2)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_CasesOff_KeepsNoConnectionThatCouldFail()
    {
        var text = Write(Route(http: new() { NextCases = ["off"] }));

        Assert.Contains("proxy_next_upstream off;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("keepalive 32", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_CertificateForOneOfTwoNames_ServesOnlyThatOneOverTls()
    {
        var certificate = new ServingCertificate("c", "k", ["a.example.com"], DateTimeOffset.MaxValue, "files", "abc");
        var route = Route() with { Hosts = ["a.example.com", "b.example.com"] };

        var (text, _) = NginxConfig.Write(Settings with { RedirectToHttps = true }, new([route], new Dictionary<string, ServingCertificate> { ["a.example.com"] = certificate }));

        var (a, b) = (Block(text, "server_name a.example.com;"), Block(text, "server_name b.example.com;"));
        Assert.Contains("listen 0.0.0.0:443 ssl;", a, StringComparison.Ordinal);
        Assert.Contains("ssl_certificate /run/x/certificates/abc.crt;", a, StringComparison.Ordinal);
        Assert.Contains("return 308 https://$host$request_uri;", a, StringComparison.Ordinal);
        Assert.DoesNotContain("443", b, StringComparison.Ordinal);
        Assert.DoesNotContain("return 308", b, StringComparison.Ordinal);
        Assert.Contains("ssl_reject_handshake on;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SameTable_HasTheSameVersionAndAnotherOneAnother()
    {
        var empty = new Dictionary<string, ServingCertificate>();
        var (text, version) = NginxConfig.Write(Settings, new([Route()], empty));

        Assert.Equal(version, NginxConfig.Write(Settings, new([Route()], empty)).Version);
        Assert.NotEqual(version, NginxConfig.Write(Settings, new([Route("b.example.com")], empty)).Version);
        Assert.NotEqual(version, NginxConfig.Write(Settings with { PerRoute = 7 }, new([Route()], empty)).Version);
        Assert.Contains($"return 200 {version};", text, StringComparison.Ordinal);
    }

    private static IngressRoute Route(string host = "a.example.com", HttpOptions? http = null) => new(Build.Lease, "web", 8080, [host], [IPEndPoint.Parse("10.213.0.2:8080")], http ?? new());

    private static string Write(IngressRoute route) => NginxConfig.Write(Settings, new([route], new Dictionary<string, ServingCertificate>())).Text;

    private static string Block(string text, string name) => text.Split("  server {\n").Single(block => block.Contains(name, StringComparison.Ordinal));
}
