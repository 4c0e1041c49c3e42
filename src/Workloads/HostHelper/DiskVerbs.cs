namespace ProviderAgent.Workloads;

/// <summary>The acts on tenants' disks. What their arguments may be is checked by <see cref="HostDisks"/>, which knows its folder from its own command line.</summary>
public static class DiskVerbs
{
    public const string Check = "check-disks";
    public const string List = "list-disks";
    public const string EnsureVolume = "ensure-volume";
    public const string RemoveVolume = "remove-volume";
    public const string RemoveKept = "remove-kept-volume";
    public const string EnsureLayer = "ensure-layer";
    public const string CoverLayer = "cover-layer";
    public const string IsLayerUsed = "is-layer-used";
    public const string RemoveLayer = "remove-layer";

    /// <summary>Every verb for disks.</summary>
    public static IReadOnlyList<IHostHelperVerb> All(IHostDisks disks) =>
    [
        new Verb(Check, async (_, ct) => new() { Problem = await disks.FindProblemAsync(ct) }),
        new Verb(List, async (disk, ct) => new() { Disks = await disks.ListAsync(disk.Space, ct) }),
        new Verb(EnsureVolume, async (disk, ct) => new() { Path = await disks.EnsureVolumeAsync(disk.Space, disk.Name, disk.Bytes, disk.Owner, disk.Create, ct) }),
        new Verb(RemoveVolume, async (disk, ct) =>
        {
            await disks.RemoveVolumeAsync(disk.Space, disk.Name, disk.Keep, ct);
            return null;
        }),
        new Verb(RemoveKept, async (disk, ct) =>
        {
            await disks.RemoveKeptAsync(disk.Space, disk.Name, ct);
            return null;
        }),
        new Verb(EnsureLayer, async (disk, ct) => new() { Path = await disks.EnsureLayerAsync(disk.Space, disk.Name, disk.Bytes, disk.Owner, disk.Scratch, disk.Create, ct) }),
        new Verb(CoverLayer, async (disk, ct) =>
        {
            await disks.CoverLayerAsync(disk.Space, disk.Name, disk.Layer, ct);
            return null;
        }),
        new Verb(IsLayerUsed, async (disk, ct) => new() { Yes = await disks.IsLayerUsedAsync(disk.Space, disk.Name, disk.Pid, ct) }),
        new Verb(RemoveLayer, async (disk, ct) =>
        {
            await disks.RemoveLayerAsync(disk.Space, disk.Name, ct);
            return null;
        }),
    ];

    private sealed class Verb(string name, Func<DiskArguments, CancellationToken, Task<DiskAnswer?>> act) : IHostHelperVerb
    {
        public string Name => name;

        public async Task<HostHelperAnswer> RunAsync(HostHelperRequest request, CancellationToken ct)
        {
            if (request.Disk is not { Space: not null, Name: not null, Layer: not null } arguments) throw new HostHelperException($"{name} needs the section disk");
            try
            {
                return HostHelperAnswer.Done with { Disk = await act(arguments, ct) };
            }
            catch (DiskException error)
            {
                throw new HostHelperException($"{name}: {error.Message}", error);
            }
        }
    }
}
