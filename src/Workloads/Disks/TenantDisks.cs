using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Holds tenants to the disk space that they leased, in the way that this host and its engine allow.</summary>
internal sealed partial class TenantDisks(IDockerClient engine, HostDisksSource source, IMarketplace market, IOptionsMonitor<WorkloadOptions> options, ILogger<TenantDisks> log)
    : ITenantDisks, IEngineGuest
{
    private readonly string _space = DiskNames.Space(market.Account);
    private readonly ConcurrentDictionary<string, bool> _preparing = new(StringComparer.Ordinal);
    private DiskChoice _choice = DiskChoice.Unknown;
    private IHostDisks? _host;
    private SystemInfoResponse? _info;
    private int _owner;
    private volatile string? _spaceProblem;

    public DiskUse Use { get; } = new();

    public IHostDisks Host => LazyInitializer.EnsureInitialized(ref _host, () => source.Choose(() => _info?.DockerRootDir));

    public string Space => _space;

    public DiskChoice Choice => Volatile.Read(ref _choice);

    /// <summary>Keys of layers that have no container yet.</summary>
    public IReadOnlyCollection<string> Preparing => [.. _preparing.Keys];

    /// <summary>Files on this host are used for disks, so that they have to be looked after.</summary>
    public bool UsesFiles => Choice.Layers is { Keeper: DiskKeeper.Loop } || Choice.Volumes is { Keeper: DiskKeeper.Loop };

    public bool EnforcesLayers => Choice.Layers is { Keeper: not DiskKeeper.Nobody, Problem: null };

    public bool EnforcesVolumes => Choice.Volumes is { Keeper: not DiskKeeper.Nobody, Problem: null };

    public IReadOnlyList<DiskFinding> Findings => [.. Choice.Findings];

    public IReadOnlyList<HostDisk> Kept => [.. Use.All.Where(disk => disk.Kind == HostDiskKind.Kept).OrderBy(disk => disk.Name, StringComparer.Ordinal)];

    public IEnumerable<string> Problems
    {
        get
        {
            if (Choice.Layers.Problem is { } layers) yield return layers;
            if (Choice.Volumes.Problem is { } volumes && volumes != Choice.Layers.Problem) yield return volumes;
            if (_spaceProblem is { } space) yield return space;
        }
    }

    public StorageTerms Terms
    {
        get
        {
            var live = Use.All.Where(disk => disk.Kind != HostDiskKind.Kept).ToArray();
            // Logs lie beside the layer and have their own bound: what they may still become is not for sale.
            var logs = live.Count(disk => disk.Kind == HostDiskKind.Layer) * LogBytes(options.CurrentValue.Logs);
            return new(new(live.Sum(disk => disk.Bytes) - logs), _spaceProblem ?? Choice.Layers.Problem, Choice.Volumes.Problem, UsesFiles ? source.Folder : null);
        }
    }

    public HostDisk? FindVolume(string name) => Use.Find(HostDiskKind.Volume, name);

    public HostDisk? FindLayer(string key) => Use.Find(HostDiskKind.Layer, key);

    /// <summary>Sets why the disk is too full to sell any of it; null when it is not.</summary>
    public void SetSpaceProblem(string? problem) => _spaceProblem = problem;

    /// <inheritdoc/>
    public async Task JoinedAsync(SystemInfoResponse info, CancellationToken ct)
    {
        _info = info;
        // With remapped users the engine's folder is named after the one that is root inside.
        _owner = RemappedFolder().Match(info.DockerRootDir) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
        await ChooseAsync(ct);
    }

    /// <summary>Looks again at what this host and its engine can do.</summary>
    public async Task ChooseAsync(CancellationToken ct)
    {
        if (_info is not { } info) return;
        var wanted = options.CurrentValue.Volumes.Backend;
        var loop = await Host.FindProblemAsync(ct);
        var choice = DiskChoice.Of(wanted, EngineDiskAbility.Of(info, MountTable.Read()), loop);
        if (!choice.Equals(Choice)) Log.Chosen(log, Text(choice.Layers), Text(choice.Volumes));
        Volatile.Write(ref _choice, choice);
        if (loop is null) await RefreshAsync(ct);
    }

    /// <summary>Looks at all disks of this host; what cannot be read stays as it was known.</summary>
    public async Task<IReadOnlyList<HostDisk>?> RefreshAsync(CancellationToken ct)
    {
        try
        {
            var disks = await Host.ListAsync(_space, ct);
            Use.Replace(disks);
            return disks;
        }
        catch (DiskException error)
        {
            Log.NotListed(log, error.Message);
            return null;
        }
    }

    /// <inheritdoc cref="IVolumeBackend.EnsureAsync"/>
    public Task EnsureVolumeAsync(LeaseId lease, VolumeMount volume, CancellationToken ct) => Volumes().EnsureAsync(lease, volume, ct);

    /// <inheritdoc cref="IVolumeBackend.RemoveAsync"/>
    public Task RemoveVolumeAsync(string name, bool keep, CancellationToken ct) =>
        // Also where the way was changed since: a file that is there is this volume's.
        UsesFiles || FindVolume(name) is not null ? Loops().RemoveAsync(name, keep, ct) : new EngineVolumes(engine, hasQuota: false).RemoveAsync(name, keep, ct);

    /// <summary>Makes what a new container needs to keep to its disk space.</summary>
    /// <param name="spec">The container.</param>
    /// <param name="declared">Folders that its image calls volumes.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="DiskException">It cannot be held to it now.</exception>
    /// <exception cref="UnsupportedManifestException">The image cannot be run with limits.</exception>
    public async Task<LayerPlan> PrepareAsync(ContainerSpec spec, IEnumerable<string> declared, CancellationToken ct)
    {
        var choice = Choice;
        if (choice.Layers.Problem is { } problem) throw new DiskException(problem);
        if (choice.Layers.Keeper == DiskKeeper.Nobody) return LayerPlan.Free(spec.ScratchMounts);
        var scratch = ScratchPaths.Of(spec, declared);
        var size = new ByteSize(Math.Max(spec.Disk.Bytes, DiskNames.MinBytes));
        var opt = choice.Layers.Keeper == DiskKeeper.Engine ? new Dictionary<string, string> { ["size"] = Number(size.Bytes) } : null;
        if (opt is not null && choice.Volumes is { Keeper: DiskKeeper.Engine, Problem: null })
            return new() { Size = size, StorageOpt = opt, Mounts = [.. scratch.Select(path => Scratch(path, new() { ["size"] = Number(size.Bytes) }))] };
        if (opt is not null && scratch.Count == 0) return new() { Size = size, StorageOpt = opt };

        var key = DiskNames.NewLayer();
        _preparing[key] = true;
        try
        {
            var folder = await Host.EnsureLayerAsync(_space, key, size.Bytes, _owner, scratch.Count, create: true, ct) ?? throw new DiskException("the file system of its layer was not made");
            Use.Set(new(HostDiskKind.Layer, key, size.Bytes));
            return new()
            {
                Key = key,
                Size = size,
                CoversLayer = opt is null,
                StorageOpt = opt,
                Mounts = [.. scratch.Select((path, number) => Scratch(path, new() { ["type"] = "none", ["o"] = "bind", ["device"] = DiskFolder.Scratch(folder, number) }))],
            };
        }
        catch
        {
            _preparing.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>The container was made with it, or was not: from now on the engine's list says whether the layer is needed.</summary>
    public void Prepared(LayerPlan plan)
    {
        if (plan.Key is not null) _preparing.TryRemove(plan.Key, out _);
    }

    /// <summary>Lays everything in place that a container needs before it starts; after the host was started anew it has to be made again.</summary>
    /// <returns>False when its layer is lost: the container has to be made anew.</returns>
    /// <exception cref="DiskException">It cannot be done now.</exception>
    /// <exception cref="VolumeUnusableException">A volume of it is lost.</exception>
    /// <exception cref="EngineException">The engine did not say what the container needs.</exception>
    public async Task<bool> ReadyAsync(ContainerInspectResponse container, CancellationToken ct)
    {
        foreach (var mount in container.Mounts.Where(mount => mount.Type == "volume" && DiskNames.IsVolume(mount.Name)))
            await Volumes().ReadyAsync(await engine.Volumes.InspectAsync(mount.Name, ct), ct);

        if (LayerLabels.Read(container.Config.Labels) is not { } layer) return true; // made while nobody was held to anything
        if (await Host.EnsureLayerAsync(_space, layer.Key, layer.Bytes, _owner, 0, create: false, ct) is null) return false;
        if (!layer.CoversLayer) return true;
        if (container.GraphDriver?.Data.TryGetValue("UpperDir", out var upper) != true || upper is null) throw new DiskException("the engine does not say where the layer of the container is");
        await Host.CoverLayerAsync(_space, layer.Key, Path.GetFileName(Path.GetDirectoryName(upper)) ?? "", ct);
        return true;
    }

    /// <summary>Whether a running container really writes to the file system that was laid under it.</summary>
    /// <exception cref="DiskException">It cannot be told.</exception>
    public async Task<bool> IsHeldAsync(ContainerInspectResponse container, CancellationToken ct)
    {
        if (LayerLabels.Read(container.Config.Labels) is not { CoversLayer: true } layer || !container.State.Running) return true;
        return await Host.IsLayerUsedAsync(_space, layer.Key, (int)container.State.Pid, ct);
    }

    /// <summary>The container is gone: what it wrote goes too.</summary>
    /// <exception cref="DiskException">It is still there; it is found and removed later.</exception>
    public async Task RemoveLayerAsync(string key, CancellationToken ct)
    {
        Use.Remove(HostDiskKind.Layer, key);
        await Host.RemoveLayerAsync(_space, key, ct);
    }

    /// <summary>What the logs of one container may take.</summary>
    private static long LogBytes(ContainerLogOptions logs) => logs.MaxSize.Bytes * logs.MaxFiles;

    private static Mount Scratch(string path, Dictionary<string, string> driver) => new()
    {
        Type = "volume",
        Target = path,
        VolumeOptions = new() { DriverConfig = new() { Name = "local", Options = driver } },
    };

    private static string Number(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);

    /// <summary>How it is held to its size, for people.</summary>
    internal static string Text(DiskPart part) => part.Problem ?? (part.Keeper switch
    {
        DiskKeeper.Engine => "limited by the engine",
        DiskKeeper.Loop => "file systems of their own",
        _ => "not limited",
    });

    private IVolumeBackend Volumes()
    {
        var part = Choice.Volumes;
        if (part.Problem is { } problem) throw new DiskException(problem);
        return part.Keeper == DiskKeeper.Loop ? Loops() : new EngineVolumes(engine, hasQuota: part.Keeper == DiskKeeper.Engine);
    }

    private LoopVolumes Loops() => new(engine, Host, _space, () => _owner, Use);

    [GeneratedRegex(@"/([0-9]{1,9})\.[0-9]{1,9}\z")]
    private static partial Regex RemappedFolder();

    private static partial class Log
    {
        [LoggerMessage(4140, LogLevel.Information, "Writable layers: {Layers}; persistent volumes: {Volumes}", EventName = "DisksChosen")]
        public static partial void Chosen(ILogger logger, string layers, string volumes);

        [LoggerMessage(4141, LogLevel.Warning, "The disks of this host cannot be listed ({Reason}); what is known of them stays", EventName = "DisksNotListed")]
        public static partial void NotListed(ILogger logger, string reason);
    }
}
