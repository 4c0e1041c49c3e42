using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>An image on this host.</summary>
/// <param name="Id">Its content, as the engine names it.</param>
/// <param name="Digest">Its content, as the registry names it.</param>
internal sealed record UsableImage(string Id, string Digest);

/// <summary>The image itself stands in the way, not the registry and not this host.</summary>
internal sealed class ImageRefusedException(string message) : Exception(message);

/// <summary>A pull that nobody waits for has made room for one that a tenant waits for. It begins anew later.</summary>
internal sealed class PullGivenUpException() : Exception("a tenant's pull goes first");

/// <summary>Pulls images: a few at a time, each content once however many leases wait for it, within the disk that there is. What nobody waits for comes last, and makes room.</summary>
internal sealed partial class ImageLane(IDockerClient engine, IDataDisk disk, IOptionsMonitor<WorkloadOptions> options, TimeProvider time, ILogger<ImageLane> log) : IDisposable
{
    /// <summary>Marks what this daemon has pulled, so that only that is ever cleaned away. The engine keeps it over our restarts.</summary>
    public const string Mark = "provider-agent.local/image";

    private const int MarkDigits = 20;

    private const string DiskShort = "this host is short of disk space; the operator is told";

    // Few bytes from a registry can unpack to many, and the engine tells nothing while they do.
    private static readonly TimeSpan DiskLook = TimeSpan.FromMilliseconds(500);

    // A pull that brings nothing, or takes very long, does not keep others from beginning: a registry can be as slow as its tenant likes.
    private static readonly TimeSpan StallAllowance = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PlaceAllowance = TimeSpan.FromMinutes(5);

    // Those that have given up their place go on beside the others, up to this many times as many.
    private const int MostOfEachPlace = 8;

    private readonly Lock _turns = new();
    private readonly Dictionary<string, Flight> _flights = new(StringComparer.Ordinal);
    private TaskCompletionSource _noTenant = NewSignal(isSet: true);
    private readonly SemaphoreSlim _lane = new(options.CurrentValue.ParallelPulls);
    private readonly SemaphoreSlim _all = new(options.CurrentValue.ParallelPulls * MostOfEachPlace);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Gets an image that its registry has allowed the caller to have.</summary>
    /// <param name="image">As the tenant wrote it.</param>
    /// <param name="digest">What the registry says that it is now.</param>
    /// <param name="login">The caller's.</param>
    /// <param name="ct">Ends the waiting; the pull goes on while others wait for it.</param>
    /// <exception cref="ImageRefusedException">It may not run here, whatever the registry says.</exception>
    /// <exception cref="EngineException">It cannot be had.</exception>
    public async Task<UsableImage> GetAsync(string image, string digest, AuthConfig? login, CancellationToken ct)
    {
        while (true)
        {
            var flight = Join(Key(image, digest), image, digest, login);
            try
            {
                return await flight.Pull!.WaitAsync(ct);
            }
            catch (PullGivenUpException)
            {
                // It had just made room when this caller came: now it is a tenant's own.
            }
        }
    }

    /// <summary>Gets an image that nobody waits for: only while no tenant's pull is under way, and given up for the first that comes.</summary>
    /// <param name="image">As the operator wrote it.</param>
    /// <param name="digest">What the registry says that it is now.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="PullGivenUpException">A tenant came first. What was fetched so far is the engine's to keep or not.</exception>
    /// <exception cref="ImageRefusedException">It may not run here, or the disk has no room for what nobody waits for.</exception>
    /// <exception cref="EngineException">It cannot be had.</exception>
    public async Task<UsableImage> GetAheadAsync(string image, string digest, CancellationToken ct)
    {
        while (true)
        {
            Task<UsableImage>? pull = null;
            Task free;
            lock (_turns)
            {
                if (_flights.TryGetValue(Key(image, digest), out var flight)) pull = flight.Pull;
                else if (_noTenant.Task.IsCompleted) pull = Begin(Key(image, digest), image, digest, login: null, isAhead: true).Pull;
                free = _noTenant.Task;
            }

            if (pull is not null) return await pull.WaitAsync(ct);
            await free.WaitAsync(ct);
        }
    }

    /// <summary>The pull of this content that is under way, or a new one. Others that nobody waits for end.</summary>
    private Flight Join(string key, string image, string digest, AuthConfig? login)
    {
        Flight? flight;
        Flight[] others;
        lock (_turns)
        {
            others = [.. _flights.Where(other => other.Key != key && other.Value.IsAhead).Select(other => other.Value)];
            if (!_flights.TryGetValue(key, out flight)) flight = Begin(key, image, digest, login, isAhead: false);
            if (!flight.HasGivenUp) flight.IsAhead = false; // from now on somebody waits for it
            foreach (var other in others) other.HasGivenUp = true;
            CountTenants();
        }

        foreach (var other in others) other.CancelPull();
        return flight;
    }

    private Flight Begin(string key, string image, string digest, AuthConfig? login, bool isAhead)
    {
        var flight = _flights[key] = new(CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token)) { IsAhead = isAhead };
        var ct = _stopping.Token;
        CountTenants();
        flight.Pull = Task.Run(
            async () =>
            {
                try
                {
                    return await PullAsync(image, digest, login, flight, flight.Token);
                }
                catch (OperationCanceledException) when (flight.HasGivenUp && !ct.IsCancellationRequested)
                {
                    Log.GivenUp(log, image);
                    throw new PullGivenUpException();
                }
                finally
                {
                    lock (_turns)
                    {
                        _flights.Remove(key);
                        CountTenants();
                    }

                    flight.Dispose();
                }
            },
            CancellationToken.None);
        return flight;
    }

    private void CountTenants()
    {
        var isFree = _flights.Values.All(flight => flight.IsAhead);
        if (isFree) _noTenant.TrySetResult();
        else if (_noTenant.Task.IsCompleted) _noTenant = NewSignal(isSet: false);
    }

    private static TaskCompletionSource NewSignal(bool isSet)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isSet) signal.SetResult();
        return signal;
    }

    private static string Key(string image, string digest) => $"{ImagePolicy.Canonical(image)}@{digest}";

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _lane.Dispose();
        _all.Dispose();
    }

    private async Task<UsableImage> PullAsync(string image, string digest, AuthConfig? login, Flight flight, CancellationToken ct)
    {
        await _all.WaitAsync(ct);
        try
        {
            await _lane.WaitAsync(ct);
            using var place = new LanePlace(_lane, time, StallAllowance, PlaceAllowance);
            var limits = options.CurrentValue.Images;
            if (IsDiskShort(limits, flight)) throw new ImageRefusedException(DiskShort);
            var started = time.GetTimestamp();
            await DownloadAsync(image, login, limits, flight, place, ct);

            var pulled = await engine.Images.InspectImageAsync(image, ct);
            // Marked before it is judged: what is refused below is cleaned away as well.
            await engine.Images.TagImageAsync(pulled.ID, new() { RepositoryName = Mark, Tag = MarkTag(pulled.ID) }, ct);
            // The name may have been moved on since the registry was asked; then it is asked again.
            if (pulled.RepoDigests.Count > 0 && !pulled.RepoDigests.Any(known => known.EndsWith("@" + digest, StringComparison.Ordinal)))
                throw new ImageRefusedException("the registry has moved the name to another image meanwhile; it is tried again");
            if (pulled.Architecture != EngineArchitecture) throw new ImageRefusedException($"it is built for {pulled.Os}/{pulled.Architecture}, this host is linux/{EngineArchitecture}");
            if (pulled.Size > limits.MaxSize.Bytes) throw TooLarge(limits);
            Log.Pulled(log, image, new ByteSize(pulled.Size), time.GetElapsedTime(started).TotalSeconds);
            return new(pulled.ID, digest);
        }
        finally
        {
            _all.Release();
        }
    }

    /// <summary>Pulls it, unless it turns out to be too large or to fill the disk.</summary>
    private async Task DownloadAsync(string image, AuthConfig? login, WorkloadImageOptions limits, Flight flight, LanePlace place, CancellationToken ct)
    {
        using var tooLarge = new CancellationTokenSource();
        using var diskShort = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, tooLarge.Token, diskShort.Token);
        await using var diskLook = time.CreateTimer(
            _ =>
            {
                if (IsDiskShort(limits, flight)) diskShort.Cancel();
            },
            null,
            DiskLook,
            DiskLook);
        var progress = new PullProgress(
            time,
            total =>
            {
                place.Progressed();
                if (total > limits.MaxSize.Bytes) tooLarge.Cancel();
            },
            (done, total) => Log.Pulling(log, image, new ByteSize(done), new ByteSize(total)));
        try
        {
            await engine.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = PullName(image) }, login, progress, either.Token);
        }
        catch (OperationCanceledException) when (tooLarge.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw TooLarge(limits);
        }
        catch (OperationCanceledException) when (diskShort.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ImageRefusedException(DiskShort);
        }
    }

    // Where unused images are already collected for want of room, none comes that nobody waits for.
    private bool IsDiskShort(WorkloadImageOptions limits, Flight flight) => disk.FreeBytes() is { } free && free < (flight.IsAhead ? limits.CollectBelow : limits.MinFree).Bytes;

    /// <summary>The tag under which an image is marked.</summary>
    public static string MarkTag(string id)
    {
        var digits = id.AsSpan(id.IndexOf(':') + 1);
        return digits[..Math.Min(MarkDigits, digits.Length)].ToString();
    }

    private static ImageRefusedException TooLarge(WorkloadImageOptions limits) => new($"it is larger than the {limits.MaxSize} that this provider takes");

    // Without a tag the engine would pull every tag of the repository.
    private static string PullName(string image) =>
        image.Contains('@', StringComparison.Ordinal) || image.LastIndexOf(':') > image.LastIndexOf('/') ? image : image + ":latest";

    /// <summary>The engine's word for this machine's processor.</summary>
    public static string EngineArchitecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "amd64",
    };

    /// <summary>One pull that is under way.</summary>
    private sealed class Flight(CancellationTokenSource giveUp) : IDisposable
    {
        private volatile bool _isAhead;
        private volatile bool _hasGivenUp;

        public Task<UsableImage>? Pull { get; set; }

        /// <summary>Nobody waits for it.</summary>
        public bool IsAhead
        {
            get => _isAhead;
            set => _isAhead = value;
        }

        /// <summary>It makes room for others; who wants it begins it anew.</summary>
        public bool HasGivenUp
        {
            get => _hasGivenUp;
            set => _hasGivenUp = value;
        }

        /// <summary>Ends the pull.</summary>
        public CancellationToken Token { get; } = giveUp.Token;

        public void CancelPull()
        {
            try
            {
                giveUp.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // it has just ended by itself
            }
        }

        public void Dispose() => giveUp.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(4030, LogLevel.Information, "Pulling {Image}: {Done} of {Total}", EventName = "Pulling")]
        public static partial void Pulling(ILogger logger, string image, ByteSize done, ByteSize total);

        [LoggerMessage(4031, LogLevel.Information, "Pulled {Image} ({Size}) in {Seconds:0.0} s", EventName = "Pulled")]
        public static partial void Pulled(ILogger logger, string image, ByteSize size, double seconds);

        [LoggerMessage(4033, LogLevel.Information, "The pull of {Image} ahead of its use is given up for a tenant's; it begins anew later", EventName = "PullGivenUp")]
        public static partial void GivenUp(ILogger logger, string image);
    }
}
