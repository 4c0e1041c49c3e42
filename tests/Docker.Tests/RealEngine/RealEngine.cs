using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

/// <summary>The engine of this machine, shared with others: everything made here has a name and a label of its own and is removed at the end.</summary>
public sealed class RealEngine : IAsyncLifetime, IDisposable
{
    /// <summary>In the loopback registry that test machines have.</summary>
    public const string Image = "127.0.0.1:5000/test/busybox:1";

    private const string LabelName = "provider-agent.docker-tests";

    private readonly DockerClientConfiguration _configuration = new(null, null, FakeEngine.Patient);
    private readonly Lazy<DockerClient> _client;
    private int _count;

    public RealEngine() => _client = new Lazy<DockerClient>(() => _configuration.CreateClient());

    public IDockerClient Client => _client.Value;

    /// <summary>Different for each instance.</summary>
    public string Run { get; } = Guid.NewGuid().ToString("N")[..12];

    public IDictionary<string, string> Labels => new Dictionary<string, string> { [LabelName] = Run };

    public IDictionary<string, IDictionary<string, bool>> OwnFilter => Filter("label", $"{LabelName}={Run}");

    public static IDictionary<string, IDictionary<string, bool>> Filter(string kind, string value) =>
        new Dictionary<string, IDictionary<string, bool>> { [kind] = new Dictionary<string, bool> { [value] = true } };

    public string NewName() => $"docker-tests-{Run}-{Interlocked.Increment(ref _count)}";

    public async Task InitializeAsync()
    {
        if (MachineNeeds.ReasonToSkip([MachineNeeds.DockerSocket]) is null) await PullAsync();
    }

    public async Task DisposeAsync()
    {
        if (_client.IsValueCreated)
        {
            foreach (var container in await Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = OwnFilter }, default))
            {
                await Client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, default);
            }

            foreach (var network in await Client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = OwnFilter }, default))
            {
                await Client.Networks.DeleteNetworkAsync(network.ID, default);
            }

            foreach (var volume in (await Client.Volumes.ListAsync(new VolumesListParameters { Filters = OwnFilter }, default)).Volumes)
            {
                await Client.Volumes.RemoveAsync(volume.Name, null, default);
            }
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
        _configuration.Dispose();
    }

    public async Task<List<JSONMessage>> PullAsync(string image = Image, AuthConfig? auth = null)
    {
        var lines = new List<JSONMessage>();
        await Client.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = image }, auth, new DirectProgress<JSONMessage>(lines.Add), default);
        return lines;
    }

    /// <summary>A small container without a network; <paramref name="change"/> may alter everything.</summary>
    public CreateContainerParameters Container(string script, Action<CreateContainerParameters>? change = null)
    {
        var parameters = new CreateContainerParameters
        {
            Name = NewName(),
            Image = Image,
            Cmd = ["sh", "-c", script],
            Labels = Labels,
            HostConfig = new HostConfig { NetworkMode = "none", Memory = 32 << 20, MemorySwap = 32 << 20 },
        };
        change?.Invoke(parameters);
        return parameters;
    }

    public async Task<string> CreateAsync(string script, Action<CreateContainerParameters>? change = null)
    {
        var created = await Client.Containers.CreateContainerAsync(Container(script, change), default);
        Assert.Empty(created.Warnings);
        return created.ID;
    }

    public async Task<string> StartAsync(string script, Action<CreateContainerParameters>? change = null)
    {
        var id = await CreateAsync(script, change);
        Assert.True(await Client.Containers.StartContainerAsync(id, new ContainerStartParameters(), default));
        return id;
    }

    public async Task RemoveAsync(string id) => await Client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true }, default);
}
