using System.Globalization;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli.Verbs;

/// <summary>The way to this host, for people.</summary>
internal static class ReachText
{
    /// <summary>One line: own address, how the internet sees it, where the names lead, what the router does.</summary>
    public static string Line(ReachView view)
    {
        var parts = new List<string>
        {
            view.Local is { } local ? $"{local.Address} ({local.Kind.Replace('_', '-')})" : "no address on a default route",
        };
        if (view.SeenAs is { } seen && seen != view.Local?.Address) parts.Add($"seen as {seen}");
        parts.AddRange(view.Names.Select(name => $"{name.Name} {Where(name)}"));
        if (view.Router is { } router)
        {
            var mapped = view.Ports.Count(port => port.State is "mapped" or "foreign");
            parts.Add(router.Problem is not null
                ? "the router does not answer"
                : string.Create(CultureInfo.InvariantCulture, $"router ({router.Protocol}) leads {mapped} of {view.Ports.Count} ports here"));
        }

        return string.Join(", ", parts);
    }

    private static string Where(NameRow name) => name.State switch
    {
        "here" => "leads here",
        "inside" => "leads here from inside",
        "elsewhere" => $"leads to {string.Join(" and ", name.Addresses)}",
        "missing" => "has no address",
        "untold" => $"leads to {string.Join(" and ", name.Addresses)} (this host?)",
        _ => "unknown",
    };
}
