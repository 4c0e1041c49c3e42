namespace ProviderAgent.Manifests;

/// <summary>Gathers mistakes, so that a file's author sees all of them at once.</summary>
internal sealed class SdlProblems
{
    // More than anybody mends in one go; a hostile file could otherwise make a message of any length.
    private const int MaxProblems = 50;

    private readonly List<SdlProblem> _problems = [];

    public void Add(YamlNode node, string path, string message)
    {
        var problem = new SdlProblem(node.Line, node.Column, path, message);
        if (_problems.Count < MaxProblems && !_problems.Contains(problem)) _problems.Add(problem); // a service is checked once per placement
    }

    /// <exception cref="SdlException">There is at least one problem.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0) throw new SdlException(_problems);
    }
}
