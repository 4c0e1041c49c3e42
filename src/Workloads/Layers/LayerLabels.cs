using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>What the engine keeps of the file system under a container.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="CoversLayer">It lies under the layer; else only under the scratch folders.</param>
internal sealed record LayerLabels(string Key, long Bytes, bool CoversLayer)
{
    private const string Covers = "layer";
    private const string ScratchOnly = "scratch";

    public static void Write(LayerPlan plan, IDictionary<string, string> labels)
    {
        if (plan.Key is not null) labels[WorkloadNames.LayerLabel] = string.Create(CultureInfo.InvariantCulture, $"{plan.Key}/{plan.Size.Bytes}/{(plan.CoversLayer ? Covers : ScratchOnly)}");
    }

    /// <summary>Null when there is none, or somebody has written nonsense.</summary>
    public static LayerLabels? Read(IDictionary<string, string>? labels)
    {
        if (labels is null || !labels.TryGetValue(WorkloadNames.LayerLabel, out var text)) return null;
        return text.Split('/') is [var key, var size, (Covers or ScratchOnly) and var what]
            && DiskNames.IsLayer(key) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new(key, bytes, what == Covers)
            : null;
    }
}
