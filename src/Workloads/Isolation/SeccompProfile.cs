using System.Text.Json.Nodes;

namespace ProviderAgent.Workloads;

/// <summary>The system calls that a tenant's container may make. An allow-list: what is not on it fails with "operation not permitted".</summary>
/// <remarks>
/// The engine's own default profile is older than io_uring and AF_VSOCK and lets both through. Ours leaves out whatever reaches
/// kernel code that ordinary images do not need: io_uring, bpf, perf, userfaultfd, keyrings, mounts, namespaces, modules, clock and swap.
/// </remarks>
internal static class SeccompProfile
{
    private const string Resource = "ProviderAgent.Workloads.seccomp.json";

    /// <summary>The profile as one line of JSON: the engine takes the document itself, not a path.</summary>
    public static string Json { get; } = Load();

    private static string Load()
    {
        using var stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the resource {Resource} is missing from this build");
        return JsonNode.Parse(stream)?.ToJsonString() ?? throw new InvalidOperationException($"the resource {Resource} is empty");
    }
}
