using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>What runs in a container, or what an image says should run.</summary>
/// <remarks>In a create, null means "as the image says".</remarks>
public class Config
{
    public string? Hostname { get; set; }

    public string? Domainname { get; set; }

    /// <summary>User name or uid, optionally <c>:group</c>; null or empty means the image's, else root.</summary>
    public string? User { get; set; }

    public bool AttachStdin { get; set; }

    public bool AttachStdout { get; set; }

    public bool AttachStderr { get; set; }

    /// <summary>Keys as <c>80/tcp</c>.</summary>
    public IDictionary<string, EmptyStruct>? ExposedPorts { get; set; }

    /// <summary>Decides how log, attach and exec streams are framed; see <see cref="MultiplexedStream"/>.</summary>
    public bool Tty { get; set; }

    public bool OpenStdin { get; set; }

    public bool StdinOnce { get; set; }

    /// <summary>Entries as <c>NAME=value</c>.</summary>
    public IList<string>? Env { get; set; }

    public IList<string>? Cmd { get; set; }

    public HealthConfig? Healthcheck { get; set; }

    /// <summary>Reference, digest reference or id. Create by digest or id: a tag may have moved since the pull.</summary>
    public string? Image { get; set; }

    /// <summary>Anonymous volumes, keys are paths.</summary>
    public IDictionary<string, EmptyStruct>? Volumes { get; set; }

    public string? WorkingDir { get; set; }

    public IList<string>? Entrypoint { get; set; }

    public bool NetworkDisabled { get; set; }

    /// <summary>The record of what a container is for; filters and events see it.</summary>
    public IDictionary<string, string>? Labels { get; set; }

    /// <summary>Name as <c>SIGTERM</c>.</summary>
    public string? StopSignal { get; set; }

    /// <summary>Grace of a stop that names none; whole seconds.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? StopTimeout { get; set; }
}

/// <summary>The engine's way of writing a set: a map to empty objects.</summary>
public sealed class EmptyStruct;

/// <summary>How the engine probes a container. <c>Test = ["NONE"]</c> switches off what the image asks for.</summary>
public sealed class HealthConfig
{
    public IList<string>? Test { get; set; }

    /// <summary>Zero: as the image says.</summary>
    [JsonConverter(typeof(NanosecondsConverter))]
    public TimeSpan Interval { get; set; }

    /// <summary>Zero: as the image says.</summary>
    [JsonConverter(typeof(NanosecondsConverter))]
    public TimeSpan Timeout { get; set; }

    /// <summary>Zero: as the image says.</summary>
    [JsonConverter(typeof(NanosecondsConverter))]
    public TimeSpan StartPeriod { get; set; }

    /// <summary>Interval during the start period, of newer engines. Zero: as the image says.</summary>
    [JsonConverter(typeof(NanosecondsConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan StartInterval { get; set; }

    /// <summary>Zero: as the image says.</summary>
    public long Retries { get; set; }
}
