namespace ProviderAgent.Docker.Tests.Client;

public sealed class DockerClientConfigurationTests
{
    [Theory]
    [InlineData("unix:///var/run/docker.sock", "unix:///var/run/docker.sock", "http://docker/")]
    [InlineData("unix:/var/run/docker.sock", "unix:///var/run/docker.sock", "http://docker/")]
    [InlineData("unix:///tmp/a%20b.sock", "unix:///tmp/a b.sock", "http://docker/")]
    [InlineData("tcp://host:4000", "tcp://host:4000", "http://host:4000/")]
    [InlineData("tcp://host", "tcp://host:2375", "http://host:2375/")]
    [InlineData("http://host/", "tcp://host:2375", "http://host:2375/")]
    [InlineData("https://host", "tcp://host:2376 (TLS)", "http://host:2376/")]
    [InlineData("tcp://[::1]:4000", "tcp://[::1]:4000", "http://[::1]:4000/")]
    public void Endpoint_EveryForm_IsUnderstood(string address, string text, string baseUri)
    {
        using var configuration = new DockerClientConfiguration(new Uri(address));

        Assert.Equal(text, configuration.Endpoint.Text);
        Assert.Equal(baseUri, configuration.Endpoint.BaseUri.AbsoluteUri);
    }

    [Theory]
    [InlineData("npipe://./pipe/docker_engine")]
    [InlineData("ssh://host")]
    [InlineData("unix://relative/path")]
    [InlineData("unix:///")]
    [InlineData("tcp://user:secret@host:2376")]
    [InlineData("tcp://host:2376/path")]
    [InlineData("tcp://host:2376?x=1")]
    [InlineData("unix:///a/path/that/is/longer/than/the/kernel/allows/for/the/address/of/a/unix/socket/which/is/one/hundred/and/seven/bytes.sock")]
    public void Endpoint_AnythingElse_IsRefusedWithoutItsSecret(string address)
    {
        var e = Assert.Throws<ArgumentException>(() => new DockerClientConfiguration(new Uri(address)));

        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_None_IsThisHostsEngine()
    {
        using var configuration = new DockerClientConfiguration();

        Assert.Equal("unix:///var/run/docker.sock", configuration.Endpoint.Text);
    }
}
