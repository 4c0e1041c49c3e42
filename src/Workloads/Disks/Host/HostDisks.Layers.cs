namespace ProviderAgent.Workloads;

// Writable layers: a file system of ours in a folder of ours; a folder of it is laid over the engine's folder of the layer, others serve as scratch folders.
public sealed partial class HostDisks
{
    private const string LayerFolder = "layer";
    private const UnixFileMode Traversable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // Copying is of folders that the engine has just made: a few files.
    private static readonly TimeSpan CopyDeadline = TimeSpan.FromSeconds(50);

    /// <inheritdoc/>
    public Task<string?> EnsureLayerAsync(string space, string key, long bytes, int owner, int scratch, bool create, CancellationToken ct) => GuardAsync(async () =>
    {
        var at = Layer(space, key);
        CheckSize(bytes);
        CheckOwner(owner);
        if (scratch is < 0 or > DiskNames.MaxScratch) throw new DiskException($"scratch must be 0 to {DiskNames.MaxScratch}, was {scratch}");
        var (file, mount) = (at.Layer(key), at.Mount(key));
        using var turn = await _turns.TakeAsync(file, ct);
        if (!File.Exists(file))
        {
            if (!create) return null;
            await MakeFileAsync(file, bytes, owner, ct);
        }

        Directory.CreateDirectory(mount, Traversable);
        if (!MountTable.Read().Any(entry => entry.Point == mount))
        {
            if (LoopDevices.Find(file) is null) await new Ext4File(_command).RepairAsync(file, ct);
            // Its device goes with its last mount. No device files: a layer needs none.
            await _command.RunAsync(Quick, "mount", ["-t", "ext4", "-o", "loop,nodev", file, mount], ct);
        }

        for (var number = 0; number < scratch; number++) await MakeScratchAsync(DiskFolder.Scratch(mount, number), owner, ct);
        return mount;
    });

    /// <inheritdoc/>
    public Task CoverLayerAsync(string space, string key, string layer, CancellationToken ct) => GuardAsync(async () =>
    {
        var at = Layer(space, key);
        if (!DiskNames.IsEngineLayer(layer)) throw new DiskException("layer must be the id of a layer of the engine");
        using var turn = await _turns.TakeAsync(at.Layer(key), ct);
        var target = EngineLayer(layer);
        var mounts = MountTable.Read();
        var own = mounts.FirstOrDefault(entry => entry.Point == at.Mount(key)) ?? throw new DiskException($"the file system {key} is not mounted");
        if (mounts.LastOrDefault(entry => entry.Point == target) is { } there)
        {
            if (there.Device == own.Device) return true;
            throw new DiskException($"something else is mounted at {target}");
        }

        // Its processes would go on in the folder below.
        if (mounts.Any(entry => entry.Point == Path.Combine(target, "merged"))) throw new DiskException("the container runs: its layer can only be covered before it starts");

        var (folder, fresh) = (Path.Combine(at.Mount(key), LayerFolder), Path.Combine(at.Mount(key), LayerFolder + DiskFolder.Unfinished));
        if (!Directory.Exists(folder))
        {
            // Under another name until it is whole, so that half a copy is never run on.
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
            await _command.RunAsync(CopyDeadline, "cp", ["--archive", "--no-target-directory", target, fresh], ct);
            Directory.Move(fresh, folder);
        }

        await _command.RunAsync(Quick, "mount", ["--bind", folder, target], ct);
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> IsLayerUsedAsync(string space, string key, int pid, CancellationToken ct) => GuardAsync(() =>
    {
        var at = Layer(space, key);
        if (pid <= 1) throw new DiskException("pid must be the main process of a container");
        // A stacked file system tells the size of the one that is written to.
        var (seen, own) = (TryFill($"/proc/{pid}/root"), DiskSystem.Fill(at.Mount(key)));
        if (seen is null) throw new DiskException($"the process {pid} is gone");
        return Task.FromResult(seen.TotalBytes == own.TotalBytes && seen.TotalFiles == own.TotalFiles);
    });

    /// <inheritdoc/>
    public Task RemoveLayerAsync(string space, string key, CancellationToken ct) => GuardAsync(async () =>
    {
        var at = Layer(space, key);
        var (file, mount) = (at.Layer(key), at.Mount(key));
        using var turn = await _turns.TakeAsync(file, ct);
        if (_making.ContainsKey(file)) throw new DiskException($"{key} is still being made");
        if (MountTable.Read() is var mounts && mounts.FirstOrDefault(entry => entry.Point == mount) is { } own)
        {
            if (mounts.FirstOrDefault(entry => entry.Device == own.Device && mounts.Any(merged => merged.Point == Path.Combine(entry.Point, "merged"))) is { } running)
                throw new DiskException($"a container runs on {key}, at {running.Point}");

            // The latest first, our own folder last. A container that still uses one keeps it until it ends; nobody finds it by name any more.
            foreach (var point in mounts.Where(entry => entry.Device == own.Device && entry.Point != mount).Select(entry => entry.Point).Reverse().Append(mount))
                await UnmountAsync(point, ct);
        }

        await new LoopDevices(_command).DetachAsync(file, ct);
        File.Delete(file);
        if (Directory.Exists(mount)) Directory.Delete(mount); // only when empty: nothing of a mounted one is ever removed by name
        return true;
    });

    private async Task UnmountAsync(string point, CancellationToken ct)
    {
        try
        {
            await _command.RunAsync(Quick, "umount", [point], ct);
        }
        catch (DiskException)
        {
            if (MountTable.Read().Any(entry => entry.Point == point)) await _command.RunAsync(Quick, "umount", ["--lazy", point], ct);
        }
    }

    private async Task MakeScratchAsync(string folder, int owner, CancellationToken ct)
    {
        if (Directory.Exists(folder)) return;
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Traversable); // whatever this process hides from others by default
        if (owner != 0) await _command.RunAsync(Quick, "chown", [FormattableString.Invariant($"{owner}:{owner}"), folder], ct);
    }

    private DiskFolder Layer(string space, string key)
    {
        if (!DiskNames.IsLayer(key)) throw new DiskException("key must be 16 hexadecimal digits");
        return Space(space);
    }

    /// <summary>The engine's folder of a layer. Tenants write below its <c>diff</c>, never to it.</summary>
    private string EngineLayer(string layer)
    {
        var root = engineFolder() ?? throw new DiskException("where the engine keeps its data is not known yet");
        var path = Path.Combine(DiskSystem.RealPath(root), "overlay2", layer);
        foreach (var part in new[] { path, Path.Combine(path, "diff"), Path.Combine(path, "work") })
        {
            if (!Directory.Exists(part) || new DirectoryInfo(part).LinkTarget is not null) throw new DiskException($"{path} is not a writable layer of the engine");
        }

        return path;
    }
}
