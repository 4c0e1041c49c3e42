using System.Formats.Tar;
using System.Net;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.RealEngine;

public sealed class ImageTests(RealEngine engine) : IClassFixture<RealEngine>
{
    private const string Registry = "127.0.0.1:5000";

    private static readonly DirectProgress<JSONMessage> Nobody = new(_ => { });

    private IImageOperations Sut => engine.Client.Images;

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_FromTheRegistry_ReportsAndIsThere()
    {
        await using var registry = await FakeRegistry.StartAsync();

        var lines = await engine.PullAsync(registry.Image);

        Assert.Contains(lines, line => line.Status == "Pull complete" && line.ID?.Length == 12);
        Assert.Contains(lines, line => line.Status == $"Digest: {registry.ManifestDigest}");
        Assert.Contains(lines, line => line.Progress is { Current: > 0, Total: > 0 });
        var image = await Sut.InspectImageAsync(registry.Image, default);
        Assert.Equal(("amd64", "linux", "true"), (image.Architecture, image.Os, image.Config?.Cmd?.Single()));
        Assert.Single(image.RootFS.Layers);
        Assert.Contains(image.RepoDigests, digest => digest.EndsWith(registry.ManifestDigest, StringComparison.Ordinal));
        var listed = await Sut.ListImagesAsync(new ImagesListParameters { Filters = RealEngine.Filter("reference", registry.Image) }, default);
        Assert.Equal((image.ID, image.Size), (Assert.Single(listed).ID, listed[0].Size));
        await RemoveAsync(registry.Image);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_ByDigest_Works()
    {
        await using var registry = await FakeRegistry.StartAsync();
        var reference = $"{registry.Authority}/docker-tests/image@{registry.ManifestDigest}";

        await engine.PullAsync(reference);

        Assert.NotEmpty((await Sut.InspectImageAsync(reference, default)).ID);
        await RemoveAsync(reference);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_TagMissing_IsNotFound()
    {
        var e = await Assert.ThrowsAsync<DockerImageNotFoundException>(() => engine.PullAsync($"{Registry}/test/busybox:no-such-tag"));

        Assert.Equal(RegistryFailure.NotFound, RegistryFailures.Classify(e));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_NobodyListens_IsUnreachable()
    {
        var e = await Assert.ThrowsAsync<DockerApiException>(() => engine.PullAsync($"127.0.0.1:{FreePort.Next()}/a:1"));

        Assert.Equal(RegistryFailure.Unreachable, RegistryFailures.Classify(e));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_NoReference_IsRefused()
    {
        var e = await Assert.ThrowsAsync<DockerApiException>(() => engine.PullAsync("UPPER CASE:1"));

        Assert.Equal(RegistryFailure.BadReference, RegistryFailures.Classify(e));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_Guarded_NeedsThePassword()
    {
        await using var registry = await FakeRegistry.StartAsync();
        registry.Password = "correct-pässword";
        AuthConfig With(string password) => new() { Username = "tenant", Password = password, ServerAddress = registry.Authority };

        var without = await Assert.ThrowsAsync<DockerApiException>(() => engine.PullAsync(registry.Image));
        var wrong = await Assert.ThrowsAsync<DockerApiException>(() => engine.PullAsync(registry.Image, With("wrong-password")));
        var query = await Assert.ThrowsAnyAsync<DockerApiException>(() => Sut.InspectDistributionAsync(registry.Image, With("wrong-password"), default));
        await engine.PullAsync(registry.Image, With("correct-pässword"));
        var distribution = await Sut.InspectDistributionAsync(registry.Image, With("correct-pässword"), default);

        Assert.All([without, wrong, query], e => Assert.Equal(RegistryFailure.AccessDenied, RegistryFailures.Classify(e)));
        Assert.All([wrong, query], e => Assert.DoesNotContain("wrong-password", e.ToString(), StringComparison.Ordinal));
        Assert.Contains("not let in", wrong.ResponseBody, StringComparison.Ordinal); // the registry's own words came through, but for the secret
        Assert.Equal(registry.ManifestDigest, distribution.Descriptor.Digest);
        Assert.Equal(("amd64", "linux"), (Assert.Single(distribution.Platforms).Architecture, distribution.Platforms[0].Os));
        await RemoveAsync(registry.Image);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_LayerSpoiled_FailsInsideTheStream()
    {
        await using var registry = await FakeRegistry.StartAsync();
        registry.Spoiled = true;

        var e = await Assert.ThrowsAsync<DockerStreamException>(() => engine.PullAsync(registry.Image));

        Assert.Equal(RegistryFailure.Corrupt, RegistryFailures.Classify(e));
        await Assert.ThrowsAsync<DockerImageNotFoundException>(() => Sut.InspectImageAsync(registry.Image, default));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_Cancelled_StopsTheEnginesTransfer()
    {
        await using var registry = await FakeRegistry.StartAsync();
        registry.Stalls = true;
        using var caller = new CancellationTokenSource();

        var pull = Sut.CreateImageAsync(new ImagesCreateParameters { FromImage = registry.Image }, null, Nobody, caller.Token);
        await registry.LayerBegun.Task;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        registry.Resume.SetResult();
        await registry.LayerAborted.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_RegistryStalls_IsGivenUp()
    {
        await using var registry = await FakeRegistry.StartAsync();
        registry.Stalls = true;
        var time = new ManualTimeProvider();
        using var configuration = new DockerClientConfiguration { TimeProvider = time };
        using var client = configuration.CreateClient();
        var lines = 0;

        var pull = client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromImage = registry.Image }, null, new DirectProgress<JSONMessage>(_ => Interlocked.Increment(ref lines)), default);
        await registry.LayerBegun.Task;
        // Late progress lines push the deadline back, so time moves until it has run out.
        await Eventually.BecomesTrueAsync("the stalled pull to end", () =>
        {
            if (lines > 0) time.Advance(TimeSpan.FromMinutes(6));
            return pull.IsCompleted;
        });

        await Assert.ThrowsAsync<StreamStalledException>(() => pull);
        registry.Resume.SetResult();
        await registry.LayerAborted.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task ImportTagPushPull_ThroughTheRegistry_GiveTheSameImage()
    {
        var (local, remote) = ($"{engine.NewName()}:imported", $"{Registry}/test/docker-tests:{engine.NewName()}");
        var lines = new List<JSONMessage>();
        await ImportAsync(local, ["CMD [\"/bin/run\"]", "LABEL a=b"]);
        var id = (await Sut.InspectImageAsync(local, default)).ID;

        await Sut.TagImageAsync(
            local, new ImageTagParameters { RepositoryName = $"{Registry}/test/docker-tests", Tag = remote[(remote.LastIndexOf(':') + 1)..] }, default);
        await Sut.PushImageAsync(remote, new ImagePushParameters(), null, new DirectProgress<JSONMessage>(lines.Add), default);
        await RemoveAsync(remote);
        await RemoveAsync(local);
        await Assert.ThrowsAsync<DockerImageNotFoundException>(() => Sut.InspectImageAsync(local, default));
        await engine.PullAsync(remote);

        var image = await Sut.InspectImageAsync(remote, default);
        Assert.Equal(id, image.ID);
        Assert.Equal(("/bin/run", "b"), (image.Config?.Cmd?.Single(), image.Config?.Labels?["a"]));
        Assert.Contains(lines, line => line.Status == "Pushed");
        await RemoveAsync(remote);
        await DeleteFromRegistryAsync("manifests", (await Sut.InspectDistributionAsync(remote, null, default)).Descriptor.Digest);
        Assert.Empty(await Sut.DeleteImageAsync(remote, new ImageDeleteParameters(), default)); // gone already
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Pull_BlobMissingInTheRegistry_FailsInsideTheStream()
    {
        var remote = $"{Registry}/test/docker-tests:{engine.NewName()}";
        await ImportAsync(remote, []);
        await Sut.PushImageAsync(remote, new ImagePushParameters(), null, Nobody, default);
        await RemoveAsync(remote);
        var manifest = (await Sut.InspectDistributionAsync(remote, null, default)).Descriptor.Digest;
        await DeleteFromRegistryAsync("blobs", await LayerOfAsync(manifest));

        var e = await Assert.ThrowsAsync<DockerStreamException>(() => engine.PullAsync(remote));

        Assert.Equal((HttpStatusCode.OK, RegistryFailure.Corrupt), (e.StatusCode, RegistryFailures.Classify(e)));
        await Assert.ThrowsAsync<DockerImageNotFoundException>(() => Sut.InspectImageAsync(remote, default));
        await DeleteFromRegistryAsync("manifests", manifest);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Push_NobodyListens_IsUnreachable()
    {
        var remote = $"127.0.0.1:{FreePort.Next()}/{engine.NewName()}:1";
        await ImportAsync(remote, []);

        var e = await Assert.ThrowsAnyAsync<DockerApiException>(() => Sut.PushImageAsync(remote, new ImagePushParameters(), null, Nobody, default));

        Assert.Equal(RegistryFailure.Unreachable, RegistryFailures.Classify(e));
        await RemoveAsync(remote);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Delete_InUse_IsAConflict()
    {
        var local = $"{engine.NewName()}:1";
        await ImportAsync(local, ["CMD [\"true\"]"]);
        var container = await engine.CreateAsync("true", parameters => parameters.Image = local);

        var e = await Assert.ThrowsAsync<DockerApiException>(() => Sut.DeleteImageAsync(local, new ImageDeleteParameters(), default));

        Assert.Equal(HttpStatusCode.Conflict, e.StatusCode);
        await engine.RemoveAsync(container);
        var deleted = await Sut.DeleteImageAsync(local, new ImageDeleteParameters(), default);
        Assert.Contains(deleted, step => step.ContainsKey("Untagged"));
        Assert.Contains(deleted, step => step.ContainsKey("Deleted"));
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task Import_NoTar_FailsWithItsReason()
    {
        var e = await Assert.ThrowsAnyAsync<DockerApiException>(() => Sut.CreateImageAsync(
            new ImagesCreateParameters { Repo = engine.NewName(), Tag = "1" }, new MemoryStream("this is no tar"u8.ToArray()), null, Nobody, default));

        Assert.NotEmpty(e.ResponseBody);
    }

    private static async Task DeleteFromRegistryAsync(string kind, string digest)
    {
        using var http = new HttpClient();
        using var response = await http.DeleteAsync(new Uri($"http://{Registry}/v2/test/docker-tests/{kind}/{digest}"));
        response.EnsureSuccessStatusCode();
    }

    private static async Task<string> LayerOfAsync(string manifest)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        var json = await http.GetStringAsync(new Uri($"http://{Registry}/v2/test/docker-tests/manifests/{manifest}"));
        return (string?)System.Text.Json.Nodes.JsonNode.Parse(json)?["layers"]?[0]?["digest"] ?? throw new InvalidDataException(json);
    }

    private async Task ImportAsync(string reference, string[] changes)
    {
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "unique") { DataStream = new MemoryStream(Guid.NewGuid().ToByteArray()) });
        }

        tar.Position = 0;
        var colon = reference.LastIndexOf(':');
        await Sut.CreateImageAsync(
            new ImagesCreateParameters { Repo = reference[..colon], Tag = reference[(colon + 1)..], Changes = changes }, tar, null, Nobody, default);
    }

    private async Task RemoveAsync(string image) => await Sut.DeleteImageAsync(image, new ImageDeleteParameters { Force = true }, default);
}
