using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>A further process in a running container.</summary>
public sealed class ContainerExecCreateParameters
{
    public string? User { get; set; }

    public bool Privileged { get; set; }

    public bool Tty { get; set; }

    public bool AttachStdin { get; set; }

    public bool AttachStdout { get; set; }

    public bool AttachStderr { get; set; }

    public string? DetachKeys { get; set; }

    /// <summary>Added to the container's environment.</summary>
    public IList<string>? Env { get; set; }

    public string? WorkingDir { get; set; }

    public IList<string> Cmd { get; set; } = [];
}

public sealed class ContainerExecCreateResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";
}

/// <summary>The body of an exec start.</summary>
internal sealed class ContainerExecStartParameters
{
    public bool Detach { get; set; }

    public bool Tty { get; set; }
}

/// <summary>How an exec session is doing. It can be asked for after its end, until the container is removed.</summary>
public sealed class ContainerExecInspectResponse
{
    [JsonPropertyName("ID")]
    public string ExecID { get; set; } = "";

    public string ContainerID { get; set; } = "";

    [JsonRequired]
    public bool Running { get; set; }

    /// <summary>Null before the end. 126 or 127: the command could not be run, the reason was the session's output.</summary>
    public long? ExitCode { get; set; }

    /// <summary>Process id on the host; 0 before the start, and even for a moment after the first output. The way to end a session: the engine has
    /// no call for it.</summary>
    public long Pid { get; set; }
}
