using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Checks the section <c>workloads</c> as a whole and names every mistake.</summary>
internal sealed class WorkloadOptionsValidator : IValidateOptions<WorkloadOptions>
{
    private const int MostWatched = 256;
    private const int MostKept = 64;

    public ValidateOptionsResult Validate(string? name, WorkloadOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Runtime is "" or "nvidia") errors.AddError("must be a runtime that does not open GPUs by itself, such as runc", "workloads.runtime");
        if (!PortRange.TryParse(options.Ports, out _)) errors.AddError("must be a range of ports such as 30000-32767", "workloads.ports");
        if (!IPAddress.TryParse(options.PortsAddress, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
            errors.AddError("must be an IPv4 address of this host, or 0.0.0.0", "workloads.ports_address");
        Between(options.PidsLimit, 16, 1_000_000, "workloads.pids_limit", errors);
        Between(options.OpenFiles, 1_024, 1_048_576, "workloads.open_files", errors);
        Between(options.StopGrace, TimeSpan.Zero, TimeSpan.FromMinutes(10), "workloads.stop_grace", errors);
        if (options.ManifestTimeout != TimeSpan.Zero) Between(options.ManifestTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromDays(1), "workloads.manifest_timeout", errors);
        Between(options.StableAfter, TimeSpan.Zero, TimeSpan.FromHours(1), "workloads.stable_after", errors);
        Between(options.ReconcileInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "workloads.reconcile_interval", errors);
        Between(options.SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "workloads.sweep_interval", errors);
        Between(options.ParallelPulls, 1, 32, "workloads.parallel_pulls", errors);
        Between(options.Logs.MaxSize.Bytes, 64 * ByteSize.KiB, ByteSize.GiB, "workloads.logs.max_size", errors);
        Between(options.Logs.MaxFiles, 1, 20, "workloads.logs.max_files", errors);
        Between(options.Gpu.CanaryInterval, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), "workloads.gpu.canary_interval", errors);
        Images(options.Images, errors);
        Volumes(options.Volumes, errors);
        Network(options.Network, errors);
        return errors.Build();
    }

    private static void Images(WorkloadImageOptions images, ValidateOptionsResultBuilder errors)
    {
        Between(images.MaxSize.Bytes, ByteSize.MiB, 1_024 * ByteSize.GiB, "workloads.images.max_size", errors);
        Between(images.MinFree.Bytes, 0, 1_024 * ByteSize.GiB, "workloads.images.min_free", errors);
        if (images.CollectBelow < images.MinFree) errors.AddError($"must be at least workloads.images.min_free ({images.MinFree}), was {images.CollectBelow}", "workloads.images.collect_below");
        Between(images.KeepUnused, TimeSpan.Zero, TimeSpan.FromDays(365), "workloads.images.keep_unused", errors);
        Keep(images, errors);
        foreach (var (key, names) in new[] { ("registries", images.Registries), ("deny", images.Deny) })
        {
            foreach (var name in names)
            {
                if (name.Length is 0 or > 256 || name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) || name.Contains("://", StringComparison.Ordinal))
                    errors.AddError($"must be the beginning of an image's name such as ghcr.io/acme, was '{name}'", $"workloads.images.{key}");
            }
        }
    }

    private static void Keep(WorkloadImageOptions images, ValidateOptionsResultBuilder errors)
    {
        Between(images.Keep.Count, 0, MostKept, "workloads.images.keep", errors);
        foreach (var image in images.Keep)
        {
            if (ImagePolicy.Refuse(image, images) is { } refusal) errors.AddError($"'{image}': {refusal}", "workloads.images.keep");
        }
    }

    private static void Volumes(WorkloadVolumeOptions volumes, ValidateOptionsResultBuilder errors)
    {
        // Below the root folder itself everything of the host would lie beside it.
        if (!Path.IsPathRooted(volumes.Folder) || volumes.Folder.TrimEnd('/').Length == 0 || volumes.Folder.Any(char.IsControl) || volumes.Folder.Split('/').Contains(".."))
            errors.AddError($"must be an absolute path of a folder, was '{volumes.Folder}'", "workloads.volumes.folder");
        if (!Path.IsPathRooted(volumes.HelperSocket)) errors.AddError($"must be an absolute path, was '{volumes.HelperSocket}'", "workloads.volumes.helper_socket");
        Between(volumes.Grace, TimeSpan.Zero, TimeSpan.FromDays(90), "workloads.volumes.grace", errors);
        if (volumes.Grace > TimeSpan.Zero && volumes.Backend is DiskBackend.Quota or DiskBackend.None)
            errors.AddError($"must be 0 with the backend {volumes.Backend.ToString().ToLowerInvariant()}: only volumes in files can be kept", "workloads.volumes.grace");
        Between(volumes.StopSellingBelow.Bytes, 0, 1_024 * ByteSize.TiB, "workloads.volumes.stop_selling_below", errors);
        if (volumes.CollectBelow > volumes.StopSellingBelow)
            errors.AddError($"must be at most workloads.volumes.stop_selling_below ({volumes.StopSellingBelow}), was {volumes.CollectBelow}", "workloads.volumes.collect_below");
        if (volumes.AlarmBelow > volumes.CollectBelow) errors.AddError($"must be at most workloads.volumes.collect_below ({volumes.CollectBelow}), was {volumes.AlarmBelow}", "workloads.volumes.alarm_below");
        if (volumes.AlarmBelow.Bytes < 0) errors.AddError($"must not be negative, was {volumes.AlarmBelow}", "workloads.volumes.alarm_below");
    }

    private static void Network(WorkloadNetworkOptions network, ValidateOptionsResultBuilder errors)
    {
        if (!SubnetPool.TryParse(network.Subnets, out _))
            errors.AddError("must be a private IPv4 range of at least a /24, such as 10.213.0.0/16", "workloads.network.subnets");
        foreach (var server in network.Dns)
        {
            if (!IPAddress.TryParse(server, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
                errors.AddError($"'{server}' is not an IPv4 address", "workloads.network.dns");
        }

        Between(network.Limits.Connections, 0, 1_000_000, "workloads.network.limits.connections", errors);
        Between(network.Limits.ConnectionsPerSecond, 0, 100_000, "workloads.network.limits.connections_per_second", errors);
        Bandwidth(network.Limits.UploadPerSecond, "workloads.network.limits.upload_per_second", errors);
        Bandwidth(network.Limits.DownloadPerSecond, "workloads.network.limits.download_per_second", errors);
        Signals(network.Signals, errors);
    }

    private static void Bandwidth(ByteSize perSecond, string key, ValidateOptionsResultBuilder errors)
    {
        if (perSecond.Bytes != 0) Between(perSecond.Bytes, 64 * ByteSize.KiB, 100 * ByteSize.GiB, key, errors);
    }

    private static void Signals(NetworkSignalOptions signals, ValidateOptionsResultBuilder errors)
    {
        Between(signals.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "workloads.network.signals.interval", errors);
        Between(signals.UnansweredPerMinute, 0, 100_000, "workloads.network.signals.unanswered_per_minute", errors);
        Between(signals.UnansweredUdpPerMinute, 0, 100_000, "workloads.network.signals.unanswered_udp_per_minute", errors);
        Between(signals.RefusedPerMinute, 0, 1_000_000, "workloads.network.signals.refused_per_minute", errors);
        foreach (var port in signals.MiningPorts) Between(port, 1, 65_535, "workloads.network.signals.mining_ports", errors);
        foreach (var host in signals.MiningHosts)
        {
            if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4)) errors.AddError($"'{host}' is neither a host name nor an IPv4 address", "workloads.network.signals.mining_hosts");
        }

        Between(signals.MiningPorts.Count, 0, MostWatched, "workloads.network.signals.mining_ports", errors);
        Between(signals.MiningHosts.Count, 0, MostWatched, "workloads.network.signals.mining_hosts", errors);
    }

    private static void Between<T>(T value, T least, T most, string key, ValidateOptionsResultBuilder errors)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) errors.AddError($"must be {least} to {most}, was {value}", key);
    }
}
