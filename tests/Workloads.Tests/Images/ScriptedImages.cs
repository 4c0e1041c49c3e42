using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads.Tests.Images;

/// <summary>A registry and an engine's images, whose pulls last until the test ends them.</summary>
internal sealed class ScriptedImages : IImageOperations
{
    private readonly ConcurrentDictionary<string, string> _registry = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImageInspectResponse> _local = new(StringComparer.Ordinal);
    private readonly Channel<Pull> _pulls = Channel.CreateUnbounded<Pull>();
    private int _asked;

    public ConcurrentQueue<string> Pulled { get; } = [];

    /// <summary>Questions to the registry.</summary>
    public int Asked => _asked;

    /// <summary>A cancelled pull ends only when the test lets it go.</summary>
    public bool HoldsCuts { get; set; }

    public void Has(string image, string digest) => _registry[image] = digest;

    /// <summary>The registry does not know it any more, or does not answer.</summary>
    public void Forget(string image) => _registry.TryRemove(image, out _);

    public async Task<Pull> NextPullAsync() => await _pulls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

    public async Task CreateImageAsync(ImagesCreateParameters parameters, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken)
    {
        var pull = new Pull();
        Pulled.Enqueue(parameters.FromImage!);
        _pulls.Writer.TryWrite(pull);
        using (cancellationToken.Register(() => pull.SetCut(HoldsCuts))) await pull.Ended;
        cancellationToken.ThrowIfCancellationRequested();
        var digest = _registry[parameters.FromImage!];
        _local[parameters.FromImage!] = new() { ID = $"id-{digest}", RepoDigests = [$"{ImagePolicy.Canonical(parameters.FromImage!)}@{digest}"], Architecture = ImageLane.EngineArchitecture, Size = 1 };
    }

    public Task<ImageInspectResponse> InspectImageAsync(string name, CancellationToken cancellationToken) =>
        _local.TryGetValue(name, out var image) ? Task.FromResult(image) : throw new DockerImageNotFoundException(HttpStatusCode.NotFound, "no such image");

    public Task<DistributionInspectResponse> InspectDistributionAsync(string name, AuthConfig? authConfig, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return _registry.TryGetValue(name, out var digest)
            ? Task.FromResult(new DistributionInspectResponse { Descriptor = new() { Digest = digest } })
            : throw new DockerApiException(HttpStatusCode.NotFound, "manifest unknown");
    }

    public Task TagImageAsync(string name, ImageTagParameters parameters, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IList<ImagesListResponse>> ListImagesAsync(ImagesListParameters parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CreateImageAsync(ImagesCreateParameters parameters, Stream imageStream, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PushImageAsync(string name, ImagePushParameters parameters, AuthConfig? authConfig, IProgress<JSONMessage> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IList<IDictionary<string, string>>> DeleteImageAsync(string name, ImageDeleteParameters parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    internal sealed class Pull
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the pull was cancelled.</summary>
        public Task Cut => _cut.Task;

        public Task Ended => _ended.Task;

        /// <summary>All of it has come.</summary>
        public void SetResult() => _ended.TrySetResult();

        public void LetGo() => _ended.TrySetResult();

        public void SetCut(bool isHeld)
        {
            _cut.TrySetResult();
            if (!isHeld) _ended.TrySetResult();
        }
    }
}
