using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests;

public sealed class GatewayOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.True(new GatewayOptionsValidator().Validate(null, new()).Succeeded);

    [Theory]
    [InlineData("0.0.0.0:8443", true)]
    [InlineData("[::]:8443", true)]
    [InlineData("[2001:db8::1]:0", true)]
    [InlineData("127.0.0.1:65535", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData(":8443", false)]
    [InlineData("8443", false)]
    [InlineData("localhost:8443", false)]
    [InlineData("0.0.0.0:65536", false)]
    [InlineData("0.0.0.0:-1", false)]
    [InlineData("", false)]
    public void Validate_Listener_NeedsAnAddressAndAPort(string rest, bool isValid) =>
        Assert.Equal(isValid, new GatewayOptionsValidator().Validate(null, new() { Rest = rest }).Succeeded);

    [Theory]
    [InlineData("0.5.0", true)]
    [InlineData("1.2.3", true)]
    [InlineData("0.4.9", false)]
    [InlineData("0.5", false)]
    [InlineData("v0.16.0", false)]
    [InlineData("0.16.0.1", false)]
    public void Validate_CompatibleVersion_MustBeOneThatToolsAccept(string version, bool isValid) =>
        Assert.Equal(isValid, new GatewayOptionsValidator().Validate(null, new() { CompatibleVersion = version }).Succeeded);

    [Fact]
    public void Validate_ManyMistakes_AreAllNamedByTheirKeys()
    {
        var result = new GatewayOptionsValidator().Validate(null, new()
        {
            Rest = "x",
            CompatibleVersion = "x",
            MarketTimeout = TimeSpan.Zero,
            DeploymentCache = TimeSpan.FromSeconds(-1),
            Limits = new()
            {
                Body = new(1),
                Headers = new(ByteSize.GiB),
                HandshakeTimeout = TimeSpan.Zero,
                HeaderTimeout = TimeSpan.Zero,
                BodyTimeout = TimeSpan.Zero,
                IdleTimeout = TimeSpan.Zero,
                Connections = 0,
                ConnectionsPerAddress = 0,
                Uploads = 0,
                UploadsPerTenant = 0,
                Streams = 0,
                StreamsPerLease = 0,
                WriteTimeout = TimeSpan.Zero,
                PingInterval = TimeSpan.FromSeconds(15),
                PongTimeout = TimeSpan.Zero,
                Keys = 0,
            },
        });

        string[] keys =
        [
            "rest", "compatible_version", "market_timeout", "deployment_cache", "limits.body", "limits.headers", "limits.handshake_timeout", "limits.header_timeout", "limits.body_timeout",
            "limits.idle_timeout", "limits.connections", "limits.connections_per_address", "limits.uploads", "limits.uploads_per_tenant", "limits.streams", "limits.streams_per_lease",
            "limits.write_timeout", "limits.ping_interval", "limits.pong_timeout", "limits.keys",
        ];
        Assert.Equal(keys.Length, result.Failures!.Count());
        Assert.All(keys, key => Assert.Contains(result.Failures!, failure => failure.Contains($"gateway.{key}:", StringComparison.Ordinal) || failure.Contains($"gateway.{key} ", StringComparison.Ordinal)));
    }
}
