using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Cleans away images that this daemon has pulled and nobody has used for long, or, when the disk fills, for the longest time. Those that the operator keeps go only when the alarm is raised, others' never.</summary>
internal sealed partial class ImageCollector(IDockerClient engine, ImageKeeper images, ImageWarmer warmer, IDataDisk disk, IOptionsMonitor<WorkloadOptions> options, TimeProvider time, ILogger<ImageCollector> log)
    : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(5);

    // When an image was last seen in use. Memory only: after a restart all of them count as just used.
    private readonly Dictionary<string, long> _usedAt = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CollectAsync(stoppingToken);
            }
            catch (EngineException error)
            {
                Log.NotCollected(log, error);
            }
        }
    }

    /// <summary>One look at all images.</summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="EngineException">The engine did not answer in full: nothing is removed on half an answer.</exception>
    internal async Task<int> CollectAsync(CancellationToken ct)
    {
        var marked = await engine.Images.ListImagesAsync(new() { Filters = new Dictionary<string, IDictionary<string, bool>> { ["reference"] = new Dictionary<string, bool> { [ImageLane.Mark] = true } } }, ct);
        var containers = await engine.Containers.ListContainersAsync(new() { All = true }, ct);
        var used = containers.Select(container => container.ImageID).Concat(images.InUse()).ToHashSet(StringComparer.Ordinal);
        var now = time.GetTimestamp();
        foreach (var image in marked)
        {
            if (used.Contains(image.ID) || !_usedAt.ContainsKey(image.ID)) _usedAt[image.ID] = now;
        }

        foreach (var gone in _usedAt.Keys.Except(marked.Select(image => image.ID)).ToArray()) _usedAt.Remove(gone);
        var removed = 0;
        var limits = options.CurrentValue.Images;
        var kept = warmer.Kept();
        foreach (var image in marked.Where(image => !used.Contains(image.ID)).OrderBy(image => kept.Contains(image.ID)).ThenBy(image => _usedAt[image.ID]))
        {
            var free = disk.FreeBytes();
            var isShort = free < limits.CollectBelow.Bytes;
            if (kept.Contains(image.ID) && !(free < options.CurrentValue.Volumes.AlarmBelow.Bytes)) continue;
            if (!isShort && time.GetElapsedTime(_usedAt[image.ID]) < limits.KeepUnused) continue;
            if (!await RemoveAsync(image, ct)) continue;
            removed++;
            _usedAt.Remove(image.ID);
            Log.Removed(log, image.ID, new ByteSize(image.Size), isShort ? "the disk is filling" : "nobody has used it for long");
        }

        return removed;
    }

    private async Task<bool> RemoveAsync(ImagesListResponse image, CancellationToken ct)
    {
        try
        {
            // Name by name: the last one takes the image with it. By id and by force a container that was just made could lose it.
            var names = (await engine.Images.InspectImageAsync(image.ID, ct)).RepoTags;
            foreach (var name in names.OrderBy(name => name.StartsWith(ImageLane.Mark, StringComparison.Ordinal) ? 1 : 0)) await engine.Images.DeleteImageAsync(name, new(), ct);
            await engine.Images.DeleteImageAsync(image.ID, new(), ct); // what only has a digest for a name
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return true;
        }
        catch (DockerApiException)
        {
            return false; // somebody has begun to use it
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4130, LogLevel.Information, "Removed the image {Image} ({Size}): {Why}", EventName = "ImageRemoved")]
        public static partial void Removed(ILogger logger, string image, ByteSize size, string why);

        [LoggerMessage(4131, LogLevel.Debug, "Images could not be looked through", EventName = "ImagesNotCollected")]
        public static partial void NotCollected(ILogger logger, Exception error);
    }
}
