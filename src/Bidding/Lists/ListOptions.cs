namespace ProviderAgent.Bidding;

/// <summary>One item of <c>bidding.lists</c>: who or what is served, or is not. Entries come from the configuration, a file and a subscribed address together.</summary>
public sealed class ListOptions
{
    /// <summary>Name in decisions; unique.</summary>
    /// <value>Required.</value>
    public string Name { get; set; } = "";

    /// <summary>What the entries do.</summary>
    /// <value>Default <see cref="ListEffect.Deny"/>.</value>
    public ListEffect Effect { get; set; } = ListEffect.Deny;

    /// <summary>What the entries name.</summary>
    /// <value>Default <see cref="ListSubject.Owner"/>.</value>
    public ListSubject Subject { get; set; } = ListSubject.Owner;

    /// <summary>Entries; <c>*</c> in an image or registry stands for any characters.</summary>
    /// <value>Default none.</value>
    public List<string> Entries { get; set; } = [];

    /// <summary>File with one entry on a line; what follows <c>#</c> is for people. Read again when it changes.</summary>
    /// <value>Default none.</value>
    public string File { get; set; } = "";

    /// <summary>Address with the same; asked again every <see cref="Refresh"/>. The last good answer is kept, over restarts too.</summary>
    /// <value>Default none; https, or http on this machine.</value>
    public Uri? Url { get; set; }

    /// <summary>Pause between two looks.</summary>
    /// <value>Default 10 min; 10 s to 1 d.</value>
    public TimeSpan Refresh { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>What a list does.</summary>
public enum ListEffect
{
    /// <summary>What is on it is refused.</summary>
    Deny,

    /// <summary>Only what is on it, or on another such list of the same subject, is taken.</summary>
    Allow,
}

/// <summary>What a list is about.</summary>
public enum ListSubject
{
    /// <summary>Accounts of tenants.</summary>
    Owner,

    /// <summary>Auditors whose signature orders ask for.</summary>
    Auditor,

    /// <summary>Container images such as <c>docker.io/library/*</c>; looked at when the manifest arrives.</summary>
    Image,

    /// <summary>Registries such as <c>ghcr.io</c>; looked at when the manifest arrives.</summary>
    Registry,
}
