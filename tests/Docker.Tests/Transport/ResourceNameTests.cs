using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Transport;

public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("busybox", "busybox")]
    [InlineData("127.0.0.1:5000/test/busybox:1", "127.0.0.1%3A5000/test/busybox%3A1")]
    [InlineData("sha256:00ff", "sha256%3A00ff")]
    [InlineData("a/b@sha256:00", "a/b%40sha256%3A00")]
    [InlineData("a?b#c%2e", "a%3Fb%23c%252e")]
    public void Image_Reference_StaysInItsPlace(string reference, string path) => Assert.Equal(path, ResourceName.Image(reference));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/../../containers/x")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public void Image_AnythingThatClimbs_IsRefused(string reference) => Assert.Throws<ArgumentException>(() => ResourceName.Image(reference));

    [Fact]
    public void Image_TooLong_IsRefused() => Assert.Throws<ArgumentException>(() => ResourceName.Image(new string('a', 513)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a?force=1")]
    [InlineData("a%2fb")]
    [InlineData("-a")]
    [InlineData("a b")]
    public async Task Calls_IdWithOtherCharacters_AreRefusedBeforeTheyAreSent(string id)
    {
        await using var engine = FakeEngine.Answering(200, "{}");
        using var client = engine.CreateClient();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.Containers.InspectContainerAsync(id, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters(), default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.Networks.DeleteNetworkAsync(id, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.Volumes.RemoveAsync(id, null, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.Exec.InspectContainerExecAsync(id, default));
        Assert.Equal(0, engine.Connections);
    }
}
