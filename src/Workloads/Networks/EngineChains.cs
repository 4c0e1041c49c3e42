using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;

namespace ProviderAgent.Workloads;

/// <summary>Knows whether the engine's own chains in the host's packet filter are gone: then it refuses every new network and every port until it is started again.</summary>
/// <remarks>Whatever flushes all rules of the host takes them along. The engine notices only when it is asked for something, and containers that run go on.</remarks>
internal sealed partial class EngineChains(ILogger<EngineChains> log)
{
    /// <summary>What a tenant is told.</summary>
    public const string TenantText = "the container engine of this host cannot make networks at the moment; the operator is told";

    private const string Text = "the container engine's own rules in this host's packet filter are gone, most likely because something flushed them all; "
        + "'systemctl restart docker' puts them back (with live-restore no container ends)";

    // How the engine begins when it could not change the packet filter. Tenants' own words (a command, a path) may stand anywhere in other refusals,
    // and must not be able to say this.
    private static readonly string[] Beginnings = ["Failed to Setup IP tables", "driver failed programming external connectivity"];

    // What iptables says of a chain that is not there: the classic one, and the one over nftables.
    private static readonly string[] Signs = ["No chain/target/match by that name", "does not exist"];

    private volatile string? _problem;

    /// <summary>Raised when <see cref="Problem"/> came or went.</summary>
    public event Action? Changed;

    /// <summary>What the operator has to do; null when the chains are there as far as is known.</summary>
    public string? Problem => _problem;

    /// <summary>The engine refused something.</summary>
    /// <returns>True when that was for lack of its chains.</returns>
    public bool Explains(DockerApiException refusal)
    {
        var said = refusal.ResponseBody;
        if (!Array.Exists(Beginnings, beginning => said.StartsWith(beginning, StringComparison.Ordinal)) || !Array.Exists(Signs, sign => said.Contains(sign, StringComparison.Ordinal))) return false;
        if (_problem is not null) return true;
        _problem = Text;
        Log.Gone(log, Text, refusal);
        Changed?.Invoke();
        return true;
    }

    /// <summary>The engine has made a network, as it only can with its chains.</summary>
    public void Worked()
    {
        if (_problem is null) return;
        _problem = null;
        Log.Back(log);
        Changed?.Invoke();
    }

    private static partial class Log
    {
        [LoggerMessage(4106, LogLevel.Error, "No network can be made and no port opened: {Problem}. Nothing new is bid on until then; what runs goes on", EventName = "EngineChainsGone")]
        public static partial void Gone(ILogger logger, string problem, Exception error);

        [LoggerMessage(4107, LogLevel.Information, "The container engine makes networks again", EventName = "EngineChainsBack")]
        public static partial void Back(ILogger logger);
    }
}
