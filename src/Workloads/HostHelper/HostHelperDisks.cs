namespace ProviderAgent.Workloads;

/// <summary>Tenants' disks, made by the host helper, so that the daemon itself needs no right over the host.</summary>
internal sealed class HostHelperDisks(HostHelperClient helper) : IHostDisks
{
    private static readonly TimeSpan Deadline = HostHelperServer.RequestDeadline + TimeSpan.FromSeconds(5);

    public async Task<string?> FindProblemAsync(CancellationToken ct)
    {
        try
        {
            return (await AskAsync(DiskVerbs.Check, new(""), ct)).Problem;
        }
        catch (DiskException error)
        {
            return error.Message;
        }
    }

    public async Task<string?> EnsureVolumeAsync(string space, string name, long bytes, int owner, bool create, CancellationToken ct) =>
        (await AskAsync(DiskVerbs.EnsureVolume, new(space) { Name = name, Bytes = bytes, Owner = owner, Create = create }, ct)).Path;

    public Task RemoveVolumeAsync(string space, string name, bool keep, CancellationToken ct) => AskAsync(DiskVerbs.RemoveVolume, new(space) { Name = name, Keep = keep }, ct);

    public Task RemoveKeptAsync(string space, string name, CancellationToken ct) => AskAsync(DiskVerbs.RemoveKept, new(space) { Name = name }, ct);

    public async Task<string?> EnsureLayerAsync(string space, string key, long bytes, int owner, int scratch, bool create, CancellationToken ct) =>
        (await AskAsync(DiskVerbs.EnsureLayer, new(space) { Name = key, Bytes = bytes, Owner = owner, Scratch = scratch, Create = create }, ct)).Path;

    public Task CoverLayerAsync(string space, string key, string layer, CancellationToken ct) => AskAsync(DiskVerbs.CoverLayer, new(space) { Name = key, Layer = layer }, ct);

    public async Task<bool> IsLayerUsedAsync(string space, string key, int pid, CancellationToken ct) =>
        (await AskAsync(DiskVerbs.IsLayerUsed, new(space) { Name = key, Pid = pid }, ct)).Yes;

    public Task RemoveLayerAsync(string space, string key, CancellationToken ct) => AskAsync(DiskVerbs.RemoveLayer, new(space) { Name = key }, ct);

    public async Task<IReadOnlyList<HostDisk>> ListAsync(string space, CancellationToken ct) =>
        // No list is not an empty one.
        (await AskAsync(DiskVerbs.List, new(space), ct)).Disks ?? throw new DiskException("the host helper gave no list of disks");

    private async Task<DiskAnswer> AskAsync(string verb, DiskArguments arguments, CancellationToken ct)
    {
        try
        {
            return (await helper.AskAsync(new(verb) { Disk = arguments }, Deadline, ct)).Disk ?? new();
        }
        catch (HostHelperException error)
        {
            throw new DiskException(error.Message, error);
        }
    }
}
