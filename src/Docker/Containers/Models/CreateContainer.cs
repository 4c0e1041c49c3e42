using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>A container to make.</summary>
public sealed class CreateContainerParameters : Config
{
    public CreateContainerParameters()
    {
    }

    /// <summary>Begins with what <paramref name="config"/> says.</summary>
    public CreateContainerParameters(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Hostname = config.Hostname;
        Domainname = config.Domainname;
        User = config.User;
        AttachStdin = config.AttachStdin;
        AttachStdout = config.AttachStdout;
        AttachStderr = config.AttachStderr;
        ExposedPorts = config.ExposedPorts;
        Tty = config.Tty;
        OpenStdin = config.OpenStdin;
        StdinOnce = config.StdinOnce;
        Env = config.Env;
        Cmd = config.Cmd;
        Healthcheck = config.Healthcheck;
        Image = config.Image;
        Volumes = config.Volumes;
        WorkingDir = config.WorkingDir;
        Entrypoint = config.Entrypoint;
        NetworkDisabled = config.NetworkDisabled;
        Labels = config.Labels;
        StopSignal = config.StopSignal;
        StopTimeout = config.StopTimeout;
    }

    /// <summary>Unique on the engine; at least two characters. Null lets the engine make one up.</summary>
    [JsonIgnore]
    public string? Name { get; set; }

    /// <summary>As <c>linux/amd64</c>. Not enforced by the engine: compare the image's architecture.</summary>
    [JsonIgnore]
    public string? Platform { get; set; }

    public HostConfig? HostConfig { get; set; }

    public NetworkingConfig? NetworkingConfig { get; set; }
}

/// <summary>Networks that a new container joins, by name or id.</summary>
public sealed class NetworkingConfig
{
    public IDictionary<string, EndpointSettings>? EndpointsConfig { get; set; }
}

/// <summary>The container that was made.</summary>
public sealed class CreateContainerResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    /// <summary>Not empty: the engine has dropped something that was asked for, normally a limit. Treat as a failure.</summary>
    public IList<string> Warnings { get; set; } = [];
}
