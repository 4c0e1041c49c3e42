using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

public sealed class ContainerInspectParameters
{
    /// <summary>True: with sizes on disk (68 ms for 20 000 files).</summary>
    public bool? IncludeSize { get; set; }
}

public sealed class ContainerStartParameters
{
    public string? DetachKeys { get; set; }
}

public sealed class ContainerStopParameters
{
    /// <summary>Grace between the stop signal and KILL. Null: the container's own, which the call's deadline then takes for 10 s.</summary>
    public uint? WaitBeforeKillSeconds { get; set; }
}

public sealed class ContainerKillParameters
{
    /// <summary>Name as <c>SIGHUP</c>; null for KILL.</summary>
    public string? Signal { get; set; }
}

public sealed class ContainerRemoveParameters
{
    /// <summary>True: its anonymous volumes, too. Named ones stay.</summary>
    public bool? RemoveVolumes { get; set; }

    /// <summary>True: also while it runs.</summary>
    public bool? Force { get; set; }
}

public sealed class ContainerRenameParameters
{
    public string NewName { get; set; } = "";
}

public sealed class ContainerResizeParameters
{
    /// <summary>Rows.</summary>
    public long Height { get; set; }

    /// <summary>Columns.</summary>
    public long Width { get; set; }
}

/// <summary>Limits to change on a live container; zero or null leaves a limit as it is.</summary>
public sealed class ContainerUpdateParameters : Resources
{
    public RestartPolicy? RestartPolicy { get; set; }
}

public sealed class ContainerUpdateResponse
{
    public IList<string> Warnings { get; set; } = [];
}

public sealed class ContainerWaitParameters
{
    /// <summary><c>not-running</c> (default), <c>next-exit</c> or <c>removed</c>.</summary>
    public string? Condition { get; set; }

    /// <summary>Called once when the engine has begun to wait: from here on no exit is missed.</summary>
    public Action? Registered { get; set; }
}

public sealed class ContainerWaitResponse
{
    /// <summary>Set when the engine could not wait to the end.</summary>
    public WaitExitError? Error { get; set; }

    /// <summary>Exit code of the main process.</summary>
    [JsonRequired]
    public long StatusCode { get; set; }
}

public sealed class WaitExitError
{
    public string Message { get; set; } = "";
}

public sealed class ContainerLogsParameters
{
    /// <summary>One of the two must be true.</summary>
    public bool? ShowStdout { get; set; }

    public bool? ShowStderr { get; set; }

    /// <summary>Seconds since 1970 with up to nine decimals, see <see cref="EngineTime.ToQuery"/>; inclusive.</summary>
    public string? Since { get; set; }

    public string? Until { get; set; }

    /// <summary>True: each entry begins with its time.</summary>
    public bool? Timestamps { get; set; }

    /// <summary>True: the stream goes on until the container ends.</summary>
    public bool? Follow { get; set; }

    /// <summary>Number of last lines, or <c>all</c>.</summary>
    public string? Tail { get; set; }
}

public sealed class ContainerAttachParameters
{
    /// <summary>True: what comes from now on.</summary>
    public bool? Stream { get; set; }

    public bool? Stdin { get; set; }

    public bool? Stdout { get; set; }

    public bool? Stderr { get; set; }

    public string? DetachKeys { get; set; }

    /// <summary>True: what the log already has, first.</summary>
    public bool? Logs { get; set; }
}
