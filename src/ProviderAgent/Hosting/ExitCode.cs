namespace ProviderAgent.Hosting;

/// <summary>How a command ended. Part of the contract with scripts; see docs/guide/exit-codes.md.</summary>
public enum ExitCode
{
    Done = 0,
    Failed = 1,

    /// <summary>The command line makes no sense.</summary>
    Usage = 2,

    /// <summary>The configuration has mistakes, or asks for what this host cannot give (a port that is taken).</summary>
    Configuration = 3,

    /// <summary>The signing key is missing, unreadable or not protected.</summary>
    Keys = 4,

    /// <summary>No chain endpoint answers, or not the right network.</summary>
    Chain = 5,

    /// <summary>The container engine does not answer, or cannot keep tenants apart.</summary>
    Engine = 6,

    /// <summary>The state directory or its database cannot be used.</summary>
    Ledger = 7,

    /// <summary>It would be unsafe now, for example because another daemon owns the state.</summary>
    Refused = 8,
}
