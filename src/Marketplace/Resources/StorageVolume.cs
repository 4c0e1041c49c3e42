namespace ProviderAgent.Marketplace;

/// <summary>One volume of a resource unit. Without attributes it is the writable layer of the container.</summary>
public sealed record StorageVolume(string Name, ByteSize Size, ValueList<MarketAttribute> Attributes)
{
    /// <summary>Class name of memory-backed volumes.</summary>
    public const string RamClass = "ram";

    /// <summary>Kept over restarts and updates.</summary>
    public bool IsPersistent => Find("persistent") == "true";

    /// <summary>The value of the attribute <c>class</c>; null when there is none.</summary>
    public string? Class => Find("class");

    /// <summary>Backed by memory and counted as memory.</summary>
    public bool IsRam => Class == RamClass;

    private string? Find(string key)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Key == key) return attribute.Value;
        }

        return null;
    }
}
