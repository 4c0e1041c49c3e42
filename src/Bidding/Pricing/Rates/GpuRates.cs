using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A list by GPU: the most exact entry counts, from <c>model.ram.interface</c> down to <c>model</c>, then what is said for all others.</summary>
/// <remarks>
/// Of several acceptable models the dearest counts, because any of them may be picked; an order that takes any model pays the price
/// of <c>*</c>, or of the dearest. Where the devices are known that an order would get, their own entries count. Immutable.
/// </remarks>
internal sealed class GpuRates
{
    private readonly Dictionary<string, GpuRate> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly GpuRate? _any;
    private readonly GpuRate? _other;
    private readonly GpuRate? _dearest;

    /// <param name="list">Amounts by key; see <see cref="GpuKey"/>.</param>
    /// <param name="other">For a model that is not listed; null takes <c>*</c>.</param>
    public GpuRates(IReadOnlyDictionary<string, decimal> list, decimal? other = null)
    {
        foreach (var (key, amount) in list)
        {
            var entry = new GpuRate(key, Exact.Of(Math.Max(0, amount)));
            _entries[GpuKey.Normalise(key, out _)] = entry;
            if (_dearest is null || entry.Amount > _dearest.Amount) _dearest = entry;
        }

        _any = _entries.GetValueOrDefault(GpuKey.Any);
        _other = other is { } rest ? new("(not listed)", Exact.Of(Math.Max(0, rest))) : _any;
    }

    public bool IsEmpty => _entries.Count == 0 && _other is null;

    /// <summary>For an order that takes any model; null when the list says nothing of it.</summary>
    public GpuRate? AnyModel => _any ?? _other ?? _dearest;

    /// <summary>For a device that is known; null when no entry matches.</summary>
    public GpuRate? Find(PickedGpu gpu)
    {
        if (gpu is { Ram: { } ram, Interface: { } slot } && _entries.GetValueOrDefault($"{gpu.Model}.{ram}.{slot}") is { } exact) return exact;
        if (gpu.Ram is { } size && _entries.GetValueOrDefault($"{gpu.Model}.{size}") is { } bySize) return bySize;
        if (gpu.Interface is { } kind && _entries.GetValueOrDefault($"{gpu.Model}.{kind}") is { } byKind) return byKind;
        return _entries.GetValueOrDefault(gpu.Model) ?? _other;
    }

    /// <summary>For what an order says it takes; null when no entry matches.</summary>
    public GpuRate? Find(ValueList<MarketAttribute> wishes)
    {
        if (wishes.Count == 0) return AnyModel;
        GpuRate? dearest = null;
        foreach (var wish in wishes)
        {
            if (FindOne(wish.Key) is not { } found) return null;
            if (dearest is null || found.Amount > dearest.Amount) dearest = found;
        }

        return dearest;
    }

    public static string Describe(ValueList<MarketAttribute> wishes) => wishes.Count == 0 ? "of any model" : string.Join(" or ", wishes.Select(wish => $"'{wish.Key}'"));

    private GpuRate? FindOne(string wish)
    {
        var part = wish.Split('/');
        var model = After(part, "model");
        if (model is null or GpuKey.Any) return AnyModel;
        var ram = After(part, "ram");
        var slot = After(part, "interface");

        // The common price script drops the last part until something matches; so do we, so that a list can be taken over.
        if (ram is not null && slot is not null && _entries.GetValueOrDefault($"{model}.{ram}.{slot}") is { } exact) return exact;
        if ((ram ?? slot) is { } one && _entries.GetValueOrDefault($"{model}.{one}") is { } near) return near;
        return _entries.GetValueOrDefault(model) ?? _other;
    }

    private static string? After(string[] part, string name)
    {
        var index = Array.IndexOf(part, name);
        return index >= 0 && index + 1 < part.Length ? part[index + 1] : null;
    }
}

/// <param name="Key">The entry as the configuration spells it.</param>
/// <param name="Amount">For one device.</param>
internal sealed record GpuRate(string Key, Decimal18 Amount);
