namespace ProviderAgent.Bidding;

/// <summary>All lists as they were last read. Immutable; empty lists refuse nobody.</summary>
/// <param name="Lists">Each list with its entries.</param>
public sealed record AccessLists(IReadOnlyList<AccessList> Lists)
{
    /// <summary>No lists.</summary>
    public static AccessLists None { get; } = new([]);

    /// <summary>Looks a name up.</summary>
    /// <returns>Why it is refused; null when it is not.</returns>
    public ListVerdict? Refuse(ListSubject subject, string value)
    {
        AccessList? allowing = null;
        var isAllowed = false;
        foreach (var list in Lists)
        {
            if (list.Subject != subject) continue;
            if (list.Problem is { } problem) return new(ListVerdictKind.Unavailable, list.Name, $"list '{list.Name}' could not be read yet: {problem}");
            if (list.Effect == ListEffect.Deny && list.Has(value)) return new(ListVerdictKind.Denied, list.Name, $"{value} is on list '{list.Name}'");
            if (list.Effect != ListEffect.Allow) continue;
            allowing = list;
            isAllowed |= list.Has(value);
        }

        return allowing is null || isAllowed ? null : new(ListVerdictKind.NotAllowed, allowing.Name, $"{value} is not on list '{allowing.Name}'");
    }

    /// <summary>True when there is a list of this subject that names what is taken.</summary>
    public bool Restricts(ListSubject subject) => Lists.Any(list => list.Subject == subject && list.Effect == ListEffect.Allow);

    /// <summary>Looks up a container image and its registry, as the market's tools write them: <c>nginx</c> is <c>docker.io/library/nginx</c>.</summary>
    public ListVerdict? RefuseImage(string image)
    {
        var (registry, path) = Split(image);
        return Refuse(ListSubject.Registry, registry) ?? Refuse(ListSubject.Image, $"{registry}/{path}");
    }

    private static (string Registry, string Path) Split(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        if (first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost")
            return (first == "index.docker.io" ? "docker.io" : first.ToLowerInvariant(), image[(slash + 1)..]);
        return ("docker.io", slash < 0 ? $"library/{image}" : image);
    }
}

/// <summary>One list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Entries">What is on it.</param>
/// <param name="Problem">Why nothing is known of it yet; null when it was read, if only once.</param>
public sealed record AccessList(string Name, ListEffect Effect, ListSubject Subject, IReadOnlySet<string> Entries, string? Problem)
{
    private readonly string[] _patterns = Subject is ListSubject.Image or ListSubject.Registry ? [.. Entries.Where(entry => entry.Contains('*', StringComparison.Ordinal))] : [];

    /// <summary>True when it names this.</summary>
    public bool Has(string value) => Entries.Contains(value) || _patterns.Any(pattern => ListText.Matches(pattern, value));
}

/// <summary>Why something is refused by a list.</summary>
/// <param name="Kind">In what way.</param>
/// <param name="List">Name of the list.</param>
/// <param name="Detail">One line for people.</param>
public sealed record ListVerdict(ListVerdictKind Kind, string List, string Detail);

/// <summary>In what way a list refuses.</summary>
public enum ListVerdictKind
{
    /// <summary>It is on a list of what is refused.</summary>
    Denied,

    /// <summary>It is on no list of what is taken.</summary>
    NotAllowed,

    /// <summary>The list could not be read yet.</summary>
    Unavailable,
}
