namespace ProviderAgent.Gateway;

/// <summary>Finds the route of a path. Exact: no other case, no slash at the end, no encoded slashes.</summary>
internal sealed class RouteTable(IEnumerable<IRoute> routes)
{
    // Longer than any path that is served, service name and all.
    private const int MaxPathLength = 1024;

    private readonly IRoute[] _routes = [.. routes];

    /// <summary>The route; or null, and whether the path would be right with another method.</summary>
    public (IRoute? Route, bool IsPathKnown, IReadOnlyDictionary<string, string> Values) Find(string method, string path)
    {
        var isPathKnown = false;
        if (path.StartsWith('/') && path.Length <= MaxPathLength)
        {
            var parts = path[1..].Split('/');
            foreach (var route in _routes)
            {
                if (Match(route.Template, parts) is not { } values) continue;
                isPathKnown = true;
                if (route.Method == method) return (route, true, values);
            }
        }

        return (null, isPathKnown, new Dictionary<string, string>());
    }

    private static Dictionary<string, string>? Match(IReadOnlyList<string> template, string[] parts)
    {
        if (template.Count != parts.Length) return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Length; i++)
        {
            if (template[i].StartsWith('{') && parts[i].Length > 0) values[template[i]] = parts[i];
            else if (template[i] != parts[i]) return null;
        }

        return values;
    }
}
