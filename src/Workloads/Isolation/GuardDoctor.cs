namespace ProviderAgent.Workloads;

/// <summary>Looks whether tenants can be kept apart on this host. Changes nothing.</summary>
public static class GuardDoctor
{
    private const string Name = "firewall";

    /// <param name="options">The section <c>workloads.network</c>.</param>
    public static HostFinding Look(WorkloadNetworkOptions options)
    {
        if (options.Guard == NetworkGuardMode.Off)
            return new(Name, HostFindingGrade.Warns, "workloads.network.guard is off: tenants reach whatever this host can route to, and each other");
        if (File.Exists(options.HelperSocket)) return new(Name, HostFindingGrade.Good, $"driven by the host helper at {options.HelperSocket}");
        if (!Environment.IsPrivilegedProcess)
            return new(Name, HostFindingGrade.Blocks, $"nobody may drive it, so nothing of a tenant is started: run 'systemctl enable --now provider-agent-helper.socket' ({options.HelperSocket} is not there)");
        return DiskCommand.Find("nft") is null
            ? new(Name, HostFindingGrade.Blocks, "the program nft is missing, so nothing of a tenant is started: install the package nftables")
            : new(Name, HostFindingGrade.Good, "driven by the daemon itself, which must be root for that");
    }
}
