using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

public sealed class NetworkAndVolumeTests(RealEngine engine) : IClassFixture<RealEngine>
{
    private INetworkOperations Networks => engine.Client.Networks;

    private IVolumeOperations Volumes => engine.Client.Volumes;

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Network_FromCreateToDelete_IsWhatWasAskedFor()
    {
        var name = engine.NewName();
        var bridge = $"dt{engine.Run[..8]}";
        var id = (await Networks.CreateNetworkAsync(new NetworksCreateParameters
        {
            Name = name,
            Driver = "bridge",
            Internal = true,
            Labels = engine.Labels,
            Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = bridge },
        }, default)).ID;

        var network = await Networks.InspectNetworkAsync(id, default);
        var listed = await Networks.ListNetworksAsync(new NetworksListParameters { Filters = engine.OwnFilter }, default);
        var duplicate = await Assert.ThrowsAsync<DockerApiException>(() =>
            Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = name, Labels = engine.Labels }, default));

        Assert.Equal((name, "bridge", true, bridge), (network.Name, network.Driver, network.Internal, network.Options["com.docker.network.bridge.name"]));
        Assert.Equal(engine.Run, network.Labels.Values.Single());
        Assert.Contains('/', network.IPAM.Config?[0].Subnet ?? "");
        Assert.Contains(listed, item => item.ID == id);
        Assert.Equal(HttpStatusCode.Conflict, duplicate.StatusCode);
        Assert.True(await Networks.DeleteNetworkAsync(id, default));
        Assert.False(await Networks.DeleteNetworkAsync(id, default));
        await Assert.ThrowsAsync<DockerNetworkNotFoundException>(() => Networks.InspectNetworkAsync(id, default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Network_WithContainers_ConnectsThemByAlias()
    {
        var network = (await Networks.CreateNetworkAsync(
            new NetworksCreateParameters { Name = engine.NewName(), Labels = engine.Labels, Internal = true }, default)).ID;
        var first = await engine.StartAsync("sleep 60", parameters =>
        {
            parameters.HostConfig = new HostConfig { NetworkMode = network };
            var endpoints = new Dictionary<string, EndpointSettings> { [network] = new() { Aliases = ["web"] } };
            parameters.NetworkingConfig = new NetworkingConfig { EndpointsConfig = endpoints };
        });
        var second = await engine.StartAsync("sleep 60", parameters => parameters.HostConfig = new HostConfig { NetworkMode = network });

        var endpoint = (await engine.Client.Containers.InspectContainerAsync(first, default)).NetworkSettings.Networks.Values.Single();
        var inUse = await Assert.ThrowsAsync<DockerApiException>(() => Networks.DeleteNetworkAsync(network, default));
        var members = (await Networks.InspectNetworkAsync(network, default)).Containers;
        await Networks.DisconnectNetworkAsync(network, new NetworkDisconnectParameters { Container = second, Force = true }, default);
        var left = (await Networks.InspectNetworkAsync(network, default)).Containers;
        await Networks.ConnectNetworkAsync(
            network, new NetworkConnectParameters { Container = second, EndpointConfig = new EndpointSettings { Aliases = ["db"] } }, default);

        Assert.Contains("web", endpoint.Aliases ?? []);
        Assert.True(IPAddress.TryParse(endpoint.IPAddress, out _));
        Assert.Equal(HttpStatusCode.Forbidden, inUse.StatusCode);
        Assert.Equal(new[] { first, second }.Order(StringComparer.Ordinal), members.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([first], left.Keys);
        Assert.StartsWith(endpoint.IPAddress ?? "?", members[first].IPv4Address, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(
            () => Networks.ConnectNetworkAsync(network, new NetworkConnectParameters { Container = "no-such-container-here" }, default));
        await Assert.ThrowsAsync<DockerNetworkNotFoundException>(
            () => Networks.ConnectNetworkAsync("no-such-network-here", new NetworkConnectParameters { Container = first }, default));
        await engine.RemoveAsync(first);
        await engine.RemoveAsync(second);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Volume_FromCreateToRemove_KeepsDataAndLabels()
    {
        var name = engine.NewName();
        var created = await Volumes.CreateAsync(new VolumesCreateParameters { Name = name, Labels = engine.Labels }, default);
        var again = await Volumes.CreateAsync(
            new VolumesCreateParameters { Name = name, Labels = new Dictionary<string, string> { ["other"] = "x" } }, default);
        void Mounted(CreateContainerParameters parameters) => parameters.HostConfig = new HostConfig
        {
            NetworkMode = "none",
            Mounts = [new Mount { Type = "volume", Source = name, Target = "/data" }],
        };
        var writer = await engine.StartAsync("echo kept > /data/file", Mounted);
        await engine.Client.Containers.WaitContainerAsync(writer, default);
        await engine.RemoveAsync(writer);
        var reader = await engine.StartAsync("cat /data/file", Mounted);
        await using var logs = await engine.Client.Containers.GetContainerLogsAsync(
            reader, false, new ContainerLogsParameters { ShowStdout = true, Follow = true }, default);

        Assert.Equal("kept\n", (await logs.ReadOutputToEndAsync(default)).Stdout);
        Assert.Equal((name, "local"), (created.Name, created.Driver));
        Assert.Equal(engine.Labels, again.Labels); // the old one, as it was
        var mount = Assert.Single((await engine.Client.Containers.InspectContainerAsync(reader, default)).Mounts);
        Assert.Equal(("volume", name, "/data", true), (mount.Type, mount.Name, mount.Destination, mount.RW));
        var inUse = await Assert.ThrowsAsync<DockerApiException>(() => Volumes.RemoveAsync(name, null, default));
        Assert.Equal(HttpStatusCode.Conflict, inUse.StatusCode);
        await engine.RemoveAsync(reader);
        Assert.Contains(await ListAsync(), volume => volume.Name == name);
        Assert.True(await Volumes.RemoveAsync(name, null, default));
        Assert.False(await Volumes.RemoveAsync(name, null, default));
        Assert.True(await Volumes.RemoveAsync(name, force: true, default));
        await Assert.ThrowsAsync<DockerVolumeNotFoundException>(() => Volumes.InspectAsync(name, default));
    }

    private async Task<IList<VolumeResponse>> ListAsync() =>
        (await Volumes.ListAsync(new VolumesListParameters { Filters = engine.OwnFilter }, default)).Volumes;
}
