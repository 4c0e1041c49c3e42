namespace ProviderAgent.Manifests;

/// <summary>The bytes are not a manifest, or one beyond the limits. Always the sender's fault.</summary>
public sealed class ManifestException : Exception
{
    /// <param name="path">Where in the document, for example <c>[0].services[1].count</c>; empty for the document as a whole.</param>
    /// <param name="problem">What is wrong there and what is expected.</param>
    /// <param name="inner">The cause, if another exception was it.</param>
    public ManifestException(string path, string problem, Exception? inner = null)
        : base(path.Length == 0 ? problem : $"{path}: {problem}", inner) => Path = path;

    /// <summary>Where in the document; empty for the document as a whole.</summary>
    public string Path { get; }
}
