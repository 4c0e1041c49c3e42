namespace ProviderAgent.Workloads;

/// <summary>Folders of a container that the engine would put on its own disk, beside the layer: those that the tenant mounts, and those that the image declares.</summary>
internal static class ScratchPaths
{
    /// <param name="spec">The container.</param>
    /// <param name="declared">What the image calls volumes; written by its author, so anything.</param>
    /// <exception cref="UnsupportedManifestException">One of them cannot be mounted.</exception>
    public static IReadOnlyList<string> Of(ContainerSpec spec, IEnumerable<string> declared)
    {
        var taken = spec.MemoryMounts.Select(mount => mount.Path).Concat(spec.Volumes.Select(volume => volume.Path)).Concat(spec.ScratchMounts).Select(Clean).ToHashSet(StringComparer.Ordinal);
        var paths = spec.ScratchMounts.Select(Clean).ToList();
        foreach (var path in declared.Select(Clean))
        {
            if (!taken.Add(path)) continue;
            if (!ContainerSpecBuilder.IsMountable(path)) throw new UnsupportedManifestException($"the image of service {spec.Service} declares a volume at '{path}', which cannot be one");
            paths.Add(path);
        }

        if (paths.Count > DiskNames.MaxScratch) throw new UnsupportedManifestException($"service {spec.Service} and its image have {paths.Count} folders on disk beside the container; {DiskNames.MaxScratch} are possible");
        return paths;
    }

    /// <summary>As the engine compares paths: no doubled or last slash, no dots.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".") parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }
}
