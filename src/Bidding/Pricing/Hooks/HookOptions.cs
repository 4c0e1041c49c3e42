namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing.script</c>: a program that gets an order on its input and writes a price, as existing price scripts do.</summary>
public sealed class ScriptOptions
{
    /// <summary>The program, without arguments.</summary>
    /// <value>Default empty; required with the policy <c>script</c>: an absolute path of a file that can be run.</value>
    public string Path { get; set; } = "";

    /// <summary>Longest it may take; then it and all that it started are ended.</summary>
    /// <value>Default 10 s; 100 ms to 5 min.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many run at one time.</summary>
    /// <value>Default 8; 1 to 128. Read at start.</value>
    public int Processes { get; set; } = 8;
}

/// <summary>Section <c>pricing.http</c>: a service that gets the same document by POST and answers with a price.</summary>
public sealed class HttpHookOptions
{
    /// <summary>Where it is.</summary>
    /// <value>Default empty; required with the policy <c>http</c>: https, or http on this machine.</value>
    public Uri? Url { get; set; }

    /// <summary>Longest it may take.</summary>
    /// <value>Default 5 s; 100 ms to 5 min.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many questions are open at one time.</summary>
    /// <value>Default 16; 1 to 128. Read at start.</value>
    public int Connections { get; set; } = 16;

    /// <summary>File with a secret that is sent as bearer token.</summary>
    /// <value>Default none.</value>
    public string TokenFile { get; set; } = "";
}
