namespace ProviderAgent.Workloads;

// Persistent volumes: the engine mounts them, from a link that leads to whatever device the file has at the moment.
public sealed partial class HostDisks
{
    /// <inheritdoc/>
    public Task<string?> EnsureVolumeAsync(string space, string name, long bytes, int owner, bool create, CancellationToken ct) => GuardAsync(async () =>
    {
        var at = Volume(space, name);
        CheckSize(bytes);
        CheckOwner(owner);
        var file = at.Volume(name);
        using var turn = await _turns.TakeAsync(file, ct);
        if (!File.Exists(file))
        {
            if (!create) return null;
            await MakeFileAsync(file, bytes, owner, ct);
        }

        var loops = new LoopDevices(_command);
        await new Ext4File(_command).GrowAsync(file, bytes, () => AttachAsync(loops, file, ct), device => loops.ResizeAsync(device, ct), ct);
        Point(at.Device(name), await AttachAsync(loops, file, ct));
        return at.Device(name);
    });

    /// <inheritdoc/>
    public Task RemoveVolumeAsync(string space, string name, bool keep, CancellationToken ct) => GuardAsync(async () =>
    {
        var at = Volume(space, name);
        var file = at.Volume(name);
        using var turn = await _turns.TakeAsync(file, ct);
        if (_making.ContainsKey(file)) throw new DiskException($"{name} is still being made");
        if (LoopDevices.Find(file) is { } device && LoopDevices.Number(device) is { } number && MountTable.Read().FirstOrDefault(mount => mount.Device == number) is { } mount)
            throw new DiskException($"{name} is in use at {mount.Point}");
        await new LoopDevices(_command).DetachAsync(file, ct);
        File.Delete(at.Device(name));
        if (!keep) File.Delete(file);
        else if (File.Exists(file)) File.Move(file, at.Kept(DiskNames.Kept(name, time.GetUtcNow())), overwrite: false);
        return true;
    });

    /// <inheritdoc/>
    public Task RemoveKeptAsync(string space, string name, CancellationToken ct) => GuardAsync(() =>
    {
        var at = Space(space);
        if (!DiskNames.IsKept(name)) throw new DiskException("name must be that of a kept volume: the volume's, a dot and seconds");
        if (LoopDevices.Find(at.Kept(name)) is { } device) throw new DiskException($"{name} is attached to {device}: somebody is looking at it");
        File.Delete(at.Kept(name));
        return Task.FromResult(true);
    });

    private DiskFolder Volume(string space, string name)
    {
        if (!DiskNames.IsVolume(name)) throw new DiskException("name must be that of a lease's volume: pa-<lease>-<service>-<volume>-<replica>");
        return Space(space);
    }

    private async Task<string> AttachAsync(LoopDevices loops, string file, CancellationToken ct)
    {
        if (LoopDevices.Find(file) is { } device) return device;
        await new Ext4File(_command).RepairAsync(file, ct);
        return await loops.AttachAsync(file, ct);
    }

    private static void Point(string link, string device)
    {
        if (new FileInfo(link).LinkTarget == device) return;
        var fresh = link + DiskFolder.Unfinished;
        File.Delete(fresh);
        File.CreateSymbolicLink(fresh, device);
        File.Move(fresh, link, overwrite: true);
    }
}
