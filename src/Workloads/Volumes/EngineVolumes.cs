using System.Globalization;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Persistent volumes as plain volumes of the engine, in its data folder. They share that disk and are not held to their size.</summary>
internal sealed class EngineVolumes(IDockerClient engine) : IVolumeBackend
{
    public bool EnforcesSize => false;

    public async Task EnsureAsync(LeaseId lease, VolumeMount volume, CancellationToken ct)
    {
        var labels = WorkloadNames.Labels(lease);
        labels[WorkloadNames.VolumeLabel] = volume.Volume;
        labels[WorkloadNames.VolumeClassLabel] = volume.Class;
        labels[WorkloadNames.VolumeSizeLabel] = volume.Size.Bytes.ToString(CultureInfo.InvariantCulture);
        var made = await engine.Volumes.CreateAsync(new VolumesCreateParameters { Name = volume.Source, Labels = labels }, ct);

        // The engine gives back the volume that has the name already, whoever made it.
        if (!made.Labels.TryGetValue(WorkloadNames.LeaseLabel, out var owner) || owner != lease.ToString() || made.Options.Count > 0)
            throw new VolumeUnusableException($"the engine has a volume {volume.Source} that is not this lease's; rename or remove it");
    }

    public Task RemoveAsync(string name, CancellationToken ct) => engine.Volumes.RemoveAsync(name, force: null, ct);
}
