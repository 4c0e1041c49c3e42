using System.Net;
using System.Text;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Errors;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("""{"message":"page not found"}""", "page not found")]
    [InlineData("client version 1.10 is too old", "client version 1.10 is too old")]
    [InlineData("", "")]
    [InlineData("""{"error":"other"}""", """{"error":"other"}""")]
    [InlineData("{\"message\":\"line one\\nline two\\u001b[31m\"}", "line one line two [31m")]
    [InlineData("{\"message\":\"\\ud800\"}", "{\"message\":\"\\ud800\"}")]
    public async Task Call_Refused_CarriesStatusAndMessage(string body, string message)
    {
        await using var engine = FakeEngine.Answering(400, body, "text/plain");
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<DockerApiException>(() => client.System.GetVersionAsync(default));

        Assert.Equal(HttpStatusCode.BadRequest, e.StatusCode);
        Assert.Equal(message, e.ResponseBody);
        Assert.False(e.IsTransient);
    }

    [Fact]
    public async Task Call_RefusedAtLength_CutsTheMessage()
    {
        await using var engine = FakeEngine.Answering(500, new string('x', 1_000_000), "text/plain");
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<DockerApiException>(() => client.System.GetVersionAsync(default));

        Assert.Equal(4097, e.ResponseBody.Length);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task Call_Redirected_IsNotFollowed(int status)
    {
        await using var engine = new FakeEngine(exchange =>
            exchange.WriteAsync($"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"));
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<DockerApiException>(() => client.System.GetVersionAsync(default));
        Assert.Equal(status, (int)e.StatusCode);
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(500, false)]
    [InlineData(409, false)]
    public void IsTransient_ByStatus(int status, bool transient) =>
        Assert.Equal(transient, new DockerApiException((HttpStatusCode)status, "m").IsTransient);

    [Theory]
    [InlineData("No such container: c1", typeof(DockerContainerNotFoundException))]
    [InlineData("network lt-1 not found", typeof(DockerNetworkNotFoundException))]
    [InlineData("get v1: no such volume", typeof(DockerVolumeNotFoundException))]
    [InlineData("something else", typeof(DockerApiException))]
    public async Task StartContainer_NotFound_NamesWhatIsMissing(string message, Type type)
    {
        await using var engine = FakeEngine.Answering(404, $$"""{"message":"{{message}}"}""");
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAnyAsync<DockerApiException>(() => client.Containers.StartContainerAsync("c1", new ContainerStartParameters(), default));

        Assert.IsType(type, e);
        Assert.Equal(HttpStatusCode.NotFound, e.StatusCode);
    }

    [Fact]
    public async Task Calls_NotFound_HaveTheTypeOfTheirSubject()
    {
        await using var engine = FakeEngine.Answering(404, """{"message":"gone"}""");
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => client.Containers.InspectContainerAsync("c1", default));
        await Assert.ThrowsAsync<DockerImageNotFoundException>(() => client.Images.InspectImageAsync("i1", default));
        await Assert.ThrowsAsync<DockerNetworkNotFoundException>(() => client.Networks.InspectNetworkAsync("n1", default));
        await Assert.ThrowsAsync<DockerVolumeNotFoundException>(() => client.Volumes.InspectAsync("v1", default));
        Assert.False(await client.Containers.RemoveContainerAsync("c1", new ContainerRemoveParameters(), default));
        Assert.False(await client.Networks.DeleteNetworkAsync("n1", default));
        Assert.False(await client.Volumes.RemoveAsync("v1", null, default));
        Assert.Empty(await client.Images.DeleteImageAsync("i1", new ImageDeleteParameters(), default));
    }

    [Fact]
    public async Task Pull_RegistryEchoesCredentials_TheyAreTakenOut()
    {
        var auth = new AuthConfig { Username = "u", Password = "hunter2-secret", IdentityToken = "hunter2-secret-and-more" };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("u:hunter2-secret"));
        await using var engine = FakeEngine.Answering(500, $$"""{"message":"bad hunter2-secret, header Basic {{basic}}, token hunter2-secret-and-more"}""");
        using var client = engine.CreateClient();

        var e = await Assert.ThrowsAsync<DockerApiException>(
            () => client.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = "r/i:1" }, auth, new DirectProgress<JSONMessage>(_ => { }), default));

        Assert.Equal("bad ***, header Basic ***, token ***", e.ResponseBody);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", auth.ToString(), StringComparison.Ordinal);
    }
}
