using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Gets tenants' images, in a lane of its own so that no pull delays anything else.</summary>
/// <remarks>
/// Images on the host are shared by all tenants, so that one is here says nothing about who may use it: before an image is used for a
/// lease, its registry is asked with that tenant's own login, and the container is then made from the content that the registry named.
/// </remarks>
internal sealed partial class ImageKeeper(IDockerClient engine, ImageLane lane, IOptionsMonitor<WorkloadOptions> options, TimeProvider time, ILogger<ImageKeeper> log)
{
    private readonly ConcurrentDictionary<(LeaseId Lease, string Service, string Image), UsableImage> _resolved = new();
    private readonly ConcurrentDictionary<(LeaseId Lease, string Service, string Image), Failure> _failures = new();

    /// <summary>Content ids of all images that leases use, or are about to.</summary>
    public IEnumerable<string> InUse() => _resolved.Values.Select(image => image.Id);

    /// <summary>The image when it is here and this lease may use it.</summary>
    public UsableImage? Find(LeaseId lease, string service, string image) => _resolved.GetValueOrDefault((lease, service, image));

    /// <summary>What went wrong last, for people; null when nothing did.</summary>
    public string? FailureOf(LeaseId lease, string service, string image) => _failures.GetValueOrDefault((lease, service, image))?.Message;

    /// <summary>When the next try is due.</summary>
    public DateTimeOffset NextTry(LeaseId lease, string service, string image) =>
        _failures.TryGetValue((lease, service, image), out var failure)
            ? time.GetUtcNow() + RestartPolicy.Pause(failure.Tries) - time.GetElapsedTime(failure.At)
            : DateTimeOffset.MinValue;

    /// <summary>The engine lost the image, or the lease is over.</summary>
    public void Forget(LeaseId lease)
    {
        foreach (var key in _resolved.Keys.Where(key => key.Lease == lease)) _resolved.TryRemove(key, out _);
        foreach (var key in _failures.Keys.Where(key => key.Lease == lease)) _failures.TryRemove(key, out _);
    }

    /// <summary>Makes the image usable for this lease. Failures are kept for <see cref="FailureOf"/>, not thrown.</summary>
    /// <exception cref="EngineUnavailableException">The engine went away; that is no failure of the image.</exception>
    public async Task EnsureAsync(LeaseId lease, string service, string image, ImageCredentials? credentials, CancellationToken ct)
    {
        var key = (lease, service, image);
        try
        {
            _resolved[key] = await ResolveAsync(image, Login(credentials), ct);
            _failures.TryRemove(key, out _);
        }
        catch (Exception error) when (error is DockerApiException or StreamStalledException or ImageRefusedException)
        {
            var tries = (_failures.GetValueOrDefault(key)?.Tries ?? 0) + 1;
            _failures[key] = new(Explain(image, error), tries, time.GetTimestamp());
            Log.PullFailed(log, lease, service, image, RestartPolicy.Pause(tries).TotalSeconds, error);
        }
    }

    private async Task<UsableImage> ResolveAsync(string image, AuthConfig? login, CancellationToken ct)
    {
        if (ImagePolicy.Refuse(image, options.CurrentValue.Images) is { } refusal) throw new ImageRefusedException(refusal);
        var asked = engine.Images.InspectDistributionAsync(image, login, ct);
        var looked = FindLocalAsync(image, ct);
        await Task.WhenAll(asked, looked);
        var promised = (await asked).Descriptor.Digest;
        if (await looked is not { } local || !local.RepoDigests.Any(known => known.EndsWith("@" + promised, StringComparison.Ordinal))) return await lane.GetAsync(image, promised, login, ct);
        if (local.Size > options.CurrentValue.Images.MaxSize.Bytes) throw new ImageRefusedException($"it is larger than the {options.CurrentValue.Images.MaxSize} that this provider takes");
        return new(local.ID, promised);
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

    private static AuthConfig? Login(ImageCredentials? credentials) => credentials is null
        ? null
        : new AuthConfig
        {
            Username = credentials.Username.Trim(),
            Password = credentials.Password.Trim(),
            Email = credentials.Email.Trim(),
            ServerAddress = credentials.Host.Trim(),
        };

    /// <summary>For people: why an image cannot be had.</summary>
    internal static string Explain(string image, Exception error) => error switch
    {
        ImageRefusedException => $"image {image}: {error.Message}",
        StreamStalledException stalled => $"image {image}: the registry sent nothing for {stalled.Idle.TotalMinutes:0.#} min; it is tried again later",
        DockerApiException refused => Explain(image, refused),
        _ => $"image {image}: {error.Message}",
    };

    private static string Explain(string image, DockerApiException error) => RegistryFailures.Classify(error) switch
    {
        RegistryFailure.NotFound => $"image {image}: the registry has no such image or tag",
        RegistryFailure.AccessDenied => $"image {image}: the registry refuses access; check the credentials in the manifest",
        RegistryFailure.BadReference => $"image {image}: this is not a valid image name",
        RegistryFailure.RateLimited => $"image {image}: the registry limits downloads; it is tried again later",
        RegistryFailure.Unreachable => $"image {image}: the registry cannot be reached",
        RegistryFailure.Broken => $"image {image}: the registry has an error of its own; it is tried again later",
        RegistryFailure.Corrupt => $"image {image}: the registry sent data that does not match the image",
        RegistryFailure.NoSpace => "this host is short of disk space; the operator is told",
        _ => $"image {image}: {error.ResponseBody}",
    };

    private sealed record Failure(string Message, int Tries, long At);

    private static partial class Log
    {
        [LoggerMessage(4032, LogLevel.Warning, "{Lease}: the image {Image} of service {Service} cannot be had; next try in {Seconds:0} s", EventName = "PullFailed")]
        public static partial void PullFailed(ILogger logger, LeaseId lease, string service, string image, double seconds, Exception error);
    }
}
