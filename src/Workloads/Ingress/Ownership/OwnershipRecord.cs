using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>The DNS record by which the owner of a lease shows that a host name may be used.</summary>
internal static class OwnershipRecord
{
    private const string Label = "_provider-agent";
    private const string Key = "owner=";

    /// <summary>Where the record is looked for.</summary>
    public static string NameFor(string host) => $"{Label}.{host}";

    /// <summary>What it must say.</summary>
    public static string TextFor(AccountAddress owner) => Key + owner.Value;

    /// <summary>True when one of the texts names the owner.</summary>
    public static bool Proves(IEnumerable<string> texts, AccountAddress owner) => texts.Any(text => text.Trim() == TextFor(owner));

    /// <summary>What the tenant has to do.</summary>
    public static string Explain(string host, AccountAddress owner) => $"set the DNS record {NameFor(host)} TXT \"{TextFor(owner)}\"; it is looked for every minute";
}
