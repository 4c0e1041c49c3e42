using System.Text.Json.Nodes;

namespace ProviderAgent.TestKit;

/// <summary>Finds files of this repository from wherever the tests run.</summary>
public static class Repository
{
    /// <summary>The folder that holds ProviderAgent.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the golden data: from <c>../shared/vectors</c> beside the repository when that is there, else from the copy in <c>tests/vectors</c>.</summary>
    /// <param name="path">For example <c>chain/keys.json</c>.</param>
    public static string Vector(string path)
    {
        var shared = Path.Combine(Root, "..", "shared", "vectors", path);
        return Path.Exists(shared) ? Path.GetFullPath(shared) : Path.Combine(Root, "tests", "vectors", path);
    }

    /// <summary>The parsed content of a <see cref="Vector"/> file.</summary>
    public static JsonNode VectorJson(string path) =>
        JsonNode.Parse(File.ReadAllText(Vector(path))) ?? throw new InvalidDataException($"{path} is empty");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ProviderAgent.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
