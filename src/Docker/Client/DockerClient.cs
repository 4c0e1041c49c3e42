namespace ProviderAgent.Docker;

/// <inheritdoc cref="IDockerClient"/>
public sealed class DockerClient : IDockerClient
{
    private readonly EngineTransport _transport;

    internal DockerClient(DockerClientConfiguration configuration, Version? requestedApiVersion)
    {
        if (requestedApiVersion is not null && (requestedApiVersion < ApiVersions.Oldest || requestedApiVersion > ApiVersions.Newest))
        {
            throw new ArgumentOutOfRangeException(
                nameof(requestedApiVersion), requestedApiVersion, $"this client speaks API versions {ApiVersions.Oldest} to {ApiVersions.Newest}");
        }

        Configuration = configuration;
        _transport = new EngineTransport(configuration, requestedApiVersion);
        Containers = new ContainerOperations(_transport);
        Images = new ImageOperations(_transport);
        Networks = new NetworkOperations(_transport);
        Volumes = new VolumeOperations(_transport);
        Exec = new ExecOperations(_transport);
        System = new SystemOperations(_transport);
    }

    public DockerClientConfiguration Configuration { get; }

    public IContainerOperations Containers { get; }

    public IImageOperations Images { get; }

    public INetworkOperations Networks { get; }

    public IVolumeOperations Volumes { get; }

    public IExecOperations Exec { get; }

    public ISystemOperations System { get; }

    /// <summary>Closes idle connections and fails calls in progress. Streams that are open stay with their owners, who dispose them.</summary>
    public void Dispose() => _transport.Dispose();
}
