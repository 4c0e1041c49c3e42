using System.Globalization;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Persistent volumes as plain volumes of the engine, in its data folder.</summary>
/// <param name="engine">The engine.</param>
/// <param name="hasQuota">It holds volumes to a size. If not, they share the disk and nobody is held to anything.</param>
internal sealed class EngineVolumes(IDockerClient engine, bool hasQuota) : IVolumeBackend
{
    private const string SizeOption = "size";

    public async Task EnsureAsync(LeaseId lease, VolumeMount volume, CancellationToken ct)
    {
        var size = volume.Size.Bytes.ToString(CultureInfo.InvariantCulture);
        var made = await engine.Volumes.CreateAsync(
            new VolumesCreateParameters
            {
                Name = volume.Source,
                Labels = VolumeLabels.Of(lease, volume),
                DriverOpts = hasQuota ? new Dictionary<string, string> { [SizeOption] = size } : null,
            },
            ct);
        VolumeLabels.CheckOwner(made, lease);
        if (made.Options.Keys.Any(option => option != SizeOption))
            throw new VolumeUnusableException($"the engine's volume {volume.Source} leads somewhere else ({string.Join(", ", made.Options.Keys)}): it was made with another workloads.volumes.backend; set that again, or remove the volume with everything in it");
        if (hasQuota && made.Options.TryGetValue(SizeOption, out var was) && was != size)
            throw new VolumeUnusableException($"the volume {volume.Volume} was made with {was} bytes and cannot become {size}: a volume keeps its size");
    }

    public Task ReadyAsync(VolumeResponse volume, CancellationToken ct) => Task.CompletedTask;

    public Task RemoveAsync(string name, bool keep, CancellationToken ct) => engine.Volumes.RemoveAsync(name, force: null, ct);
}
