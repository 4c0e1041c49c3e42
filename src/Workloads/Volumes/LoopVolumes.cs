using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Persistent volumes as file systems of the leased size in files of this host; the engine mounts them while they are used.</summary>
internal sealed class LoopVolumes(IDockerClient engine, IHostDisks disks, string space, Func<int> owner, DiskUse use) : IVolumeBackend
{
    private const string DeviceOption = "device";

    public async Task EnsureAsync(LeaseId lease, VolumeMount volume, CancellationToken ct)
    {
        var known = await FindAsync(volume.Source, ct);
        if (known is not null)
        {
            VolumeLabels.CheckOwner(known, lease);
            if (!known.Options.ContainsKey(DeviceOption)) return; // from a time without limits; what is in it is worth more
        }

        // An engine's volume without its file has lost what was in it: to make an empty one would hide that.
        var device = await disks.EnsureVolumeAsync(space, volume.Source, volume.Size.Bytes, owner(), create: known is null, ct) ?? throw Lost(volume.Source);
        use.Set(new(HostDiskKind.Volume, volume.Source, volume.Size.Bytes));
        known ??= await engine.Volumes.CreateAsync(
            new VolumesCreateParameters
            {
                Name = volume.Source,
                Labels = VolumeLabels.Of(lease, volume),
                DriverOpts = new Dictionary<string, string> { ["type"] = "ext4", [DeviceOption] = device, ["o"] = "nosuid,nodev" },
            },
            ct);
        CheckDevice(known, device);
    }

    public async Task ReadyAsync(VolumeResponse volume, CancellationToken ct)
    {
        if (!volume.Options.ContainsKey(DeviceOption) || VolumeLabels.Bytes(volume) is not { } bytes) return;
        // The label tells the size at the making; it may have grown since.
        if (use.Find(HostDiskKind.Volume, volume.Name) is { } grown && grown.Bytes > bytes) bytes = grown.Bytes;
        CheckDevice(volume, await disks.EnsureVolumeAsync(space, volume.Name, bytes, owner(), create: false, ct) ?? throw Lost(volume.Name));
    }

    public async Task RemoveAsync(string name, bool keep, CancellationToken ct)
    {
        // First the file, then the engine's word for it: as long as that is there, the next look finds it and goes on.
        await disks.RemoveVolumeAsync(space, name, keep, ct);
        use.Remove(HostDiskKind.Volume, name);
        // An engine that restarted under a running container counts one mount too many for ever, and refuses without force. One that a
        // container has is refused in any case.
        await engine.Volumes.RemoveAsync(name, force: true, ct);
    }

    private async Task<VolumeResponse?> FindAsync(string name, CancellationToken ct)
    {
        try
        {
            return await engine.Volumes.InspectAsync(name, ct);
        }
        catch (DockerVolumeNotFoundException)
        {
            return null;
        }
    }

    private static VolumeUnusableException Lost(string name) => new($"the file of the volume {name} is gone from this host, and with it what was in it; the operator can put it back");

    private static void CheckDevice(VolumeResponse volume, string device)
    {
        if (volume.Options.TryGetValue(DeviceOption, out var there) && there == device) return;
        throw new VolumeUnusableException($"the engine's volume {volume.Name} does not lead to {device}; it was made for another folder of disks, set that again");
    }
}
