namespace ProviderAgent.Inventory;

/// <summary>How close devices of one machine are to each other. Immutable.</summary>
public sealed class GpuTopology
{
    // Distances: NVLink beats any way over the PCI tree; not knowing counts as far.
    private const int Linked = 0;
    private const int Unknown = 6;

    private readonly Dictionary<(string, string), int> _distances = [];

    public GpuTopology(IEnumerable<GpuLink> links)
    {
        foreach (var link in links)
        {
            var distance = link.NvLink ? Linked : link.Level switch { < 10 => 1, < 20 => 2, < 30 => 3, < 40 => 4, < 50 => 5, _ => Unknown };
            _distances[(link.Left, link.Right)] = distance;
            _distances[(link.Right, link.Left)] = distance;
        }
    }

    /// <summary>Nothing is known of how devices are joined.</summary>
    public static GpuTopology None { get; } = new([]);

    /// <summary>0 for NVLink to 6 for different NUMA nodes or not known.</summary>
    public int Distance(string left, string right) => _distances.GetValueOrDefault((left, right), Unknown);

    /// <summary>Picks devices that are close to each other, and leaves those together that are close to many others.</summary>
    /// <param name="free">What there is to pick from, interchangeable otherwise.</param>
    /// <param name="count">How many, at most as many as there are.</param>
    public string[] Pick(IReadOnlyList<string> free, int count)
    {
        if (count == free.Count) return [.. free.Order(StringComparer.Ordinal)];
        if (count == 0) return [];
        // Grown from each device in turn: the best set that contains it is found device by device.
        string[]? best = null;
        (int Inside, int Torn) bestScore = (int.MaxValue, int.MaxValue);
        foreach (var seed in free.Order(StringComparer.Ordinal))
        {
            var picked = Grow(seed, free, count);
            var score = Score(picked, free);
            if (score.CompareTo(bestScore) < 0) (best, bestScore) = (picked, score);
        }

        return best is null ? [] : [.. best.Order(StringComparer.Ordinal)];
    }

    private string[] Grow(string seed, IReadOnlyList<string> free, int count)
    {
        var picked = new List<string> { seed };
        var rest = free.Where(uuid => uuid != seed).Order(StringComparer.Ordinal).ToList();
        while (picked.Count < count)
        {
            var next = rest.MinBy(uuid => (picked.Sum(other => Distance(uuid, other)), -rest.Sum(other => other == uuid ? 0 : Distance(uuid, other)))) ?? throw new InvalidOperationException("more devices were asked for than there are");
            picked.Add(next);
            rest.Remove(next);
        }

        return [.. picked];
    }

    /// <summary>First how far apart the picked ones are; then how much closeness to the remaining ones is torn apart.</summary>
    private (int Inside, int Torn) Score(string[] picked, IReadOnlyList<string> free)
    {
        int inside = 0, torn = 0;
        for (var left = 0; left < picked.Length; left++)
        {
            for (var right = left + 1; right < picked.Length; right++) inside += Distance(picked[left], picked[right]);
            foreach (var other in free)
            {
                if (Array.IndexOf(picked, other) < 0) torn += Unknown - Distance(picked[left], other);
            }
        }

        return (inside, torn);
    }
}
