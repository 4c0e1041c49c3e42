namespace ProviderAgent.Manifests;

/// <summary>How large an SDL file may be, whoever wrote it: a few bytes of YAML can ask for any amount of memory or stack.</summary>
internal static class YamlLimits
{
    /// <summary>UTF-8 bytes of the file.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Nodes of the document with every alias written out.</summary>
    public const int MaxNodes = 20_000;

    /// <summary>Nested mappings and lists; an SDL needs 10.</summary>
    public const int MaxDepth = 32;
}
