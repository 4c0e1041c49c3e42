using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Has the operator's chosen images here before anybody asks for them, and follows their names. Never before or beside what a tenant waits for.</summary>
internal sealed partial class ImageWarmer(IDockerClient engine, ImageLane lane, ImageMetrics metrics, IOptionsMonitor<WorkloadOptions> options, TimeProvider time, ILogger<ImageWarmer> log)
    : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromDays(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Content ids of what is kept here now.</summary>
    public IReadOnlySet<string> Kept()
    {
        var wanted = options.CurrentValue.Images.Keep;
        lock (_lock) return _entries.Where(entry => entry.Value.Id is not null && wanted.Contains(entry.Key)).Select(entry => entry.Value.Id!).ToHashSet(StringComparer.Ordinal);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        do await TurnAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Looks after those that are due, one after the other.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        var wanted = options.CurrentValue.Images.Keep.Distinct(StringComparer.Ordinal).ToArray();
        lock (_lock)
        {
            foreach (var gone in _entries.Keys.Except(wanted).ToArray()) _entries.Remove(gone);
        }

        foreach (var image in wanted.Where(IsDue))
        {
            if (!await LookAsync(image, ct)) break;
        }

        metrics.Kept(Kept().Count);
    }

    /// <summary>One image.</summary>
    /// <returns>False when the others have to wait as well: the engine is away, or tenants' pulls go first.</returns>
    private async Task<bool> LookAsync(string image, CancellationToken ct)
    {
        try
        {
            if (ImagePolicy.Refuse(image, options.CurrentValue.Images) is { } refusal) throw new ImageRefusedException(refusal);
            // What is here is kept although its registry may be away.
            var local = await FindLocalAsync(image, ct);
            if (local is not null) Note(image, local.ID, dueAfter: null);
            var promised = (await engine.Images.InspectDistributionAsync(image, null, ct)).Descriptor.Digest;
            if (local?.RepoDigests.Any(known => known.EndsWith("@" + promised, StringComparison.Ordinal)) == true)
            {
                Note(image, local.ID, LookEvery);
                metrics.Looked("current");
                return true;
            }

            var pulled = await lane.GetAheadAsync(image, promised, ct);
            Note(image, pulled.Id, LookEvery);
            metrics.Looked("pulled");
            Log.Ahead(log, image, promised);
            return true;
        }
        catch (PullGivenUpException)
        {
            metrics.Looked("given_up");
            return false;
        }
        catch (EngineUnavailableException error)
        {
            Log.EngineAway(log, image, error.Message);
            return false;
        }
        catch (Exception error) when (error is EngineException or ImageRefusedException)
        {
            Note(image, id: null, RetryAfter);
            metrics.Looked("fail");
            Log.NotAhead(log, image, error is ImageRefusedException ? error.Message : ImageKeeper.Explain(image, error), RetryAfter.TotalMinutes);
            return true;
        }
    }

    private async Task<ImageInspectResponse?> FindLocalAsync(string image, CancellationToken ct)
    {
        try
        {
            return await engine.Images.InspectImageAsync(image, ct);
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    private bool IsDue(string image)
    {
        lock (_lock) return !_entries.TryGetValue(image, out var entry) || entry.DueAfter is not { } after || time.GetElapsedTime(entry.LookedAt) >= after;
    }

    /// <param name="image">As the operator wrote it.</param>
    /// <param name="id">Its content here; null when that has not changed.</param>
    /// <param name="dueAfter">When it is looked after again; null for at once.</param>
    private void Note(string image, string? id, TimeSpan? dueAfter)
    {
        lock (_lock) _entries[image] = new(id ?? _entries.GetValueOrDefault(image)?.Id, time.GetTimestamp(), dueAfter);
    }

    private sealed record Entry(string? Id, long LookedAt, TimeSpan? DueAfter);

    private static partial class Log
    {
        [LoggerMessage(4034, LogLevel.Information, "{Image} ({Digest}) is here ahead of its use, and is kept", EventName = "ImageAhead")]
        public static partial void Ahead(ILogger logger, string image, string digest);

        [LoggerMessage(4035, LogLevel.Warning, "workloads.images.keep: {Image} cannot be had ahead of its use: {Reason}; next try in {Minutes:0} min", EventName = "ImageNotAhead")]
        public static partial void NotAhead(ILogger logger, string image, string reason, double minutes);

        [LoggerMessage(4036, LogLevel.Debug, "{Image} is not looked after now: {Reason}", EventName = "ImageEngineAway")]
        public static partial void EngineAway(ILogger logger, string image, string reason);
    }
}
