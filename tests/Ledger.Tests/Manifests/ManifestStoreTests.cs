using System.Text;

namespace ProviderAgent.Ledger.Tests;

public sealed class ManifestStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_ThreeVersions_KeepsLatestAndPrevious()
    {
        await using var ledger = _fixture.Open();
        for (var n = 1; n <= 3; n++) Assert.True(await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(n), Body(n), default));

        var latest = await ledger.Manifests.FindAsync(Sample.Lease(1), default);
        var previous = await ledger.Manifests.FindPreviousAsync(Sample.Lease(1), default);

        Assert.Equal((Sample.Hash(3), "body 3"), (latest!.Hash, Encoding.UTF8.GetString(latest.GroupJson.Span)));
        Assert.Equal(Sample.Hash(2), previous!.Hash);
        Assert.Equal(2, await ledger.Core.Readers.ReadAsync(session => session.FindInteger("SELECT count(*) FROM manifest"), default));
    }

    [Fact]
    public async Task Put_OneIsToBeKept_ItIsFoundBesideTheLatestTwo_UntilAnotherIs()
    {
        await using var ledger = _fixture.Open();
        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(1), Body(1), default);
        for (var n = 2; n <= 4; n++) await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(n), Body(n), keep: Sample.Hash(1), default);

        Assert.Equal("body 1", Encoding.UTF8.GetString((await ledger.Manifests.FindAsync(Sample.Lease(1), Sample.Hash(1), default))!.GroupJson.Span));
        Assert.Null(await ledger.Manifests.FindAsync(Sample.Lease(1), Sample.Hash(2), default));
        Assert.Null(await ledger.Manifests.FindAsync(Sample.Lease(2), Sample.Hash(1), default));

        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(5), Body(5), keep: Sample.Hash(4), default);
        Assert.Null(await ledger.Manifests.FindAsync(Sample.Lease(1), Sample.Hash(1), default));
        Assert.Equal(2, await ledger.Core.Readers.ReadAsync(session => session.FindInteger("SELECT count(*) FROM manifest"), default));
    }

    [Fact]
    public async Task Put_SameHashAgain_ChangesNothing()
    {
        await using var ledger = _fixture.Open();
        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(1), Body(1), default);
        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(2), Body(2), default);

        Assert.False(await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(2), Body(2), default));

        Assert.Equal(Sample.Hash(1), (await ledger.Manifests.FindPreviousAsync(Sample.Lease(1), default))?.Hash);
    }

    [Fact]
    public async Task ListLatest_SeveralLeases_HasOneHashEach()
    {
        await using var ledger = _fixture.Open();
        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(1), Body(1), default);
        await ledger.Manifests.PutAsync(Sample.Lease(2), Sample.Hash(2), Body(2), default);
        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(3), Body(3), default);

        var latest = await ledger.Manifests.ListLatestAsync(default);

        Assert.Equal(2, latest.Count);
        Assert.Equal((Sample.Hash(3), Sample.Hash(2)), (latest[Sample.Lease(1)], latest[Sample.Lease(2)]));
    }

    [Fact]
    public async Task Remove_ManifestWithPassword_LeavesNoTraceInTheFile()
    {
        const string secret = "correct-horse-battery-staple";
        await using (var ledger = _fixture.Open())
        {
            await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(1), Encoding.UTF8.GetBytes($$"""{"password":"{{secret}}"}"""), default);
        }

        Assert.Contains(secret, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_fixture.File)), StringComparison.Ordinal);

        await using (var ledger = _fixture.Open()) await ledger.Manifests.RemoveAsync(Sample.Lease(1), default);

        foreach (var file in Directory.GetFiles(_fixture.Directory))
        {
            Assert.DoesNotContain(secret, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ToString_Manifest_HidesTheContent()
    {
        await using var ledger = _fixture.Open();
        await ledger.Manifests.PutAsync(Sample.Lease(1), Sample.Hash(1), Body(1), default);

        Assert.DoesNotContain("body", $"{await ledger.Manifests.FindAsync(Sample.Lease(1), default)}", StringComparison.Ordinal);
    }

    private static byte[] Body(int n) => Encoding.UTF8.GetBytes($"body {n}");
}
