using System.Formats.Tar;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>An image without any program, made on the spot: the question whether an engine can give GPUs needs no registry.</summary>
internal static class GpuProbeImage
{
    public const string Name = "provider-agent.local/gpu-probe:1";

    private const string Repository = "provider-agent.local/gpu-probe";

    // Where the toolkit puts libraries, programs and the list of libraries.
    private static readonly string[] Folders = ["dev", "etc", "lib", "lib64", "proc", "run", "sbin", "sys", "tmp", "usr", "usr/bin", "usr/lib", "usr/lib64", "var", "var/run"];

    /// <summary>Makes it unless it is there.</summary>
    public static async Task EnsureAsync(IDockerClient engine, CancellationToken ct)
    {
        try
        {
            await engine.Images.InspectImageAsync(Name, ct);
        }
        catch (DockerImageNotFoundException)
        {
            using var tar = await TarAsync(ct);
            await engine.Images.CreateImageAsync(
                new ImagesCreateParameters { Repo = Repository, Tag = "1" }, tar, authConfig: null, new DirectProgress<JSONMessage>(_ => { }), ct);
        }
    }

    private static async Task<MemoryStream> TarAsync(CancellationToken ct)
    {
        var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var folder in Folders) await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.Directory, folder + "/"), ct);
        }

        bytes.Position = 0;
        return bytes;
    }
}
