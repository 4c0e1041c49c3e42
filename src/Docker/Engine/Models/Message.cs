using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

public sealed class ContainerEventsParameters
{
    /// <summary>Replay from here; seconds since 1970 with up to nine decimals, inclusive. The engine keeps 256 events, in memory only.</summary>
    public string? Since { get; set; }

    /// <summary>End the stream here; null for never.</summary>
    public string? Until { get; set; }

    /// <summary>As <c>type</c> → <c>container</c>, <c>label</c> → <c>lease</c>, <c>event</c> → <c>die</c>.</summary>
    public IDictionary<string, IDictionary<string, bool>>? Filters { get; set; }

    /// <summary>Not part of the request: called when the engine has begun to answer, so that what happened before can be looked up.</summary>
    public Action? Opened { get; set; }
}

/// <summary>Something happened on the engine. Events only say "look again": the replay is short and does not outlive the engine.</summary>
public sealed class Message
{
    /// <summary><c>container</c>, <c>image</c>, <c>network</c>, <c>volume</c>, <c>daemon</c> …</summary>
    public string Type { get; set; } = "";

    /// <summary><c>create</c>, <c>start</c>, <c>oom</c>, <c>die</c>, <c>destroy</c>, <c>exec_start: …</c> …</summary>
    public string Action { get; set; } = "";

    public Actor Actor { get; set; } = new();

    [JsonPropertyName("scope")]
    public string Scope { get; set; } = "";

    /// <summary>Seconds since 1970.</summary>
    [JsonPropertyName("time")]
    public long Time { get; set; }

    /// <summary>Nanoseconds since 1970.</summary>
    [JsonPropertyName("timeNano")]
    public long TimeNano { get; set; }
}

/// <summary>Whom an event is about.</summary>
public sealed class Actor
{
    public string ID { get; set; } = "";

    /// <summary>All labels, and <c>name</c>, <c>image</c>, <c>exitCode</c>, <c>signal</c>.</summary>
    public IDictionary<string, string> Attributes { get; set; } = new Dictionary<string, string>();
}
