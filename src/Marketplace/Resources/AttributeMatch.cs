namespace ProviderAgent.Marketplace;

/// <summary>How the market compares what an order asks for with what a provider has.</summary>
public static class AttributeMatch
{
    /// <summary>Prefix under which a provider registers its GPUs.</summary>
    public const string GpuPrefix = "capabilities/gpu/";

    /// <summary>Prefix under which a provider registers its classes of volumes, in numbered groups.</summary>
    public const string StoragePrefix = "capabilities/storage/";

    /// <summary>True when each required attribute has a provider attribute with a matching key (see <see cref="KeyMatches"/>) and an equal value.</summary>
    public static bool AllMatch(ValueList<MarketAttribute> required, ValueList<MarketAttribute> offered) =>
        FirstUnmatched(required, offered) is null;

    /// <summary>The first required attribute that the provider lacks; null when it has them all.</summary>
    public static MarketAttribute? FirstUnmatched(ValueList<MarketAttribute> required, ValueList<MarketAttribute> offered)
    {
        foreach (var wish in required)
        {
            if (!offered.Any(has => has.Value == wish.Value && KeyMatches(wish.Key, has.Key))) return wish;
        }

        return null;
    }

    /// <summary>True when a volume without attributes, or one numbered group of storage capabilities has all its attributes.</summary>
    public static bool StorageMatches(StorageVolume volume, ValueList<MarketAttribute> offered)
    {
        if (volume.Attributes.Count == 0) return true;
        var groups = offered.Where(has => has.Key.StartsWith(StoragePrefix, StringComparison.Ordinal))
            .Select(has => (Path: has.Key[StoragePrefix.Length..].Split('/', 2), has.Value))
            .Where(has => has.Path.Length == 2)
            .GroupBy(has => has.Path[0], has => new MarketAttribute(has.Path[1], has.Value));
        return groups.Any(group => volume.Attributes.All(wish => group.Contains(wish)));
    }

    /// <summary>True when no GPU is asked for, no particular one is, or at least one of the wishes matches a registered GPU.</summary>
    public static bool GpuMatches(Resources resources, ValueList<MarketAttribute> offered) =>
        resources.Gpus == 0
        || resources.GpuAttributes.Count == 0
        || resources.GpuAttributes.Any(wish => offered.Any(has =>
            has.Value == wish.Value
            && has.Key.StartsWith(GpuPrefix, StringComparison.Ordinal)
            && KeyMatches(wish.Key, has.Key.AsSpan(GpuPrefix.Length))));

    /// <summary>Matches a key against a pattern of path segments: <c>*</c> and <c>?</c> stay within a segment, <c>[a-c]</c> is a set, <c>\</c> escapes.</summary>
    /// <remarks>A malformed pattern (an open bracket) matches nothing.</remarks>
    public static bool KeyMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> key)
    {
        // One level of backtracking suffices: within a segment a later star can only take more.
        int starPattern = -1, starKey = 0, p = 0, k = 0;
        while (k < key.Length || p < pattern.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (starPattern, starKey) = (++p, k);
                continue;
            }

            if (k < key.Length && p < pattern.Length && MatchOne(pattern[p..], key[k], out var used))
            {
                if (key[k] == '/') starPattern = -1;
                p += used;
                k++;
                continue;
            }

            if (starPattern < 0 || starKey >= key.Length || key[starKey] == '/') return false;
            (p, k) = (starPattern, ++starKey);
        }

        return true;
    }

    private static bool MatchOne(ReadOnlySpan<char> pattern, char c, out int used)
    {
        used = 1;
        switch (pattern[0])
        {
            case '?':
                return c != '/';
            case '\\':
                used = 2;
                return pattern.Length > 1 && pattern[1] == c;
            case '[':
                var close = pattern.IndexOf(']');
                if (close < 2) return false;
                used = close + 1;
                return c != '/' && InSet(pattern[1..close], c);
            default:
                return pattern[0] == c;
        }
    }

    private static bool InSet(ReadOnlySpan<char> set, char c)
    {
        var negated = set[0] == '^';
        if (negated) set = set[1..];
        for (var i = 0; i < set.Length; i++)
        {
            var high = i + 2 < set.Length && set[i + 1] == '-' ? set[i + 2] : set[i];
            if (c >= set[i] && c <= high) return !negated;
            if (high != set[i] || (i + 2 < set.Length && set[i + 1] == '-')) i += 2;
        }

        return negated;
    }
}
