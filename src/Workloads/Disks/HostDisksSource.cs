using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>Picks who makes tenants' disks: the host helper when it listens, else this process.</summary>
internal sealed class HostDisksSource(IOptions<WorkloadOptions> options, TimeProvider time)
{
    private WorkloadVolumeOptions Options => options.Value.Volumes;

    /// <summary>Where their files lie.</summary>
    public string Folder => Options.Folder;

    /// <param name="engineFolder">Where the engine keeps its data; null while that is not known.</param>
    public IHostDisks Choose(Func<string?> engineFolder) => File.Exists(Options.HelperSocket)
        ? new HostHelperDisks(new(Options.HelperSocket, time, HostHelperClient.DiskUnit))
        : new HostDisks(Folder, engineFolder, time);
}
