using System.Globalization;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What the engine keeps of a volume beside its name.</summary>
internal static class VolumeLabels
{
    public static Dictionary<string, string> Of(LeaseId lease, VolumeMount volume)
    {
        var labels = WorkloadNames.Labels(lease);
        labels[WorkloadNames.VolumeLabel] = volume.Volume;
        labels[WorkloadNames.VolumeClassLabel] = volume.Class;
        labels[WorkloadNames.VolumeSizeLabel] = volume.Size.Bytes.ToString(CultureInfo.InvariantCulture);
        return labels;
    }

    /// <summary>Leased size; null when the labels do not say.</summary>
    public static long? Bytes(VolumeResponse volume) =>
        volume.Labels.TryGetValue(WorkloadNames.VolumeSizeLabel, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    /// <summary>The engine gives back the volume that has the name already, whoever made it.</summary>
    /// <exception cref="VolumeUnusableException">It is not this lease's.</exception>
    public static void CheckOwner(VolumeResponse volume, LeaseId lease)
    {
        if (!volume.Labels.TryGetValue(WorkloadNames.LeaseLabel, out var owner) || owner != lease.ToString())
            throw new VolumeUnusableException($"the engine has a volume {volume.Name} that is not this lease's; rename or remove it");
    }
}
