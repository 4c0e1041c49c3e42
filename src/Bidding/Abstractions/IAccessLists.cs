namespace ProviderAgent.Bidding;

/// <summary>The operator's lists of tenants, auditors, images and registries as they stand now. Safe for concurrent use.</summary>
public interface IAccessLists
{
    /// <summary>The lists now; reading takes no lock.</summary>
    AccessLists Current { get; }
}

/// <summary>Keeps the last good answer of a subscribed list over restarts. Optional.</summary>
public interface IListArchive
{
    /// <summary>The last good text; null when there is none.</summary>
    string? Find(string list);

    /// <summary>Keeps a text. Failing to is no harm beyond having to ask again.</summary>
    void Put(string list, string text);
}
