namespace ProviderAgent.Ledger.Tests;

public sealed class DamagedFileTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Open_Garbage_IsMovedAsideWithItsBytes()
    {
        Directory.CreateDirectory(_fixture.Directory);
        var garbage = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(_fixture.File, garbage);

        await using var ledger = _fixture.Open();

        Assert.Equal(_fixture.File + ".damaged-1", ledger.DamagedFile);
        Assert.Equal(garbage, await File.ReadAllBytesAsync(_fixture.File + ".damaged-1"));
        Assert.Contains("DamagedFileMoved", _fixture.Log.Events);
        await ledger.Cursors.SetAsync("fresh", new(1), default);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.9)]
    public async Task Open_TruncatedFile_StartsAfresh(double kept)
    {
        await WriteRowsAsync();
        using (var file = File.OpenWrite(_fixture.File)) file.SetLength((long)(file.Length * kept));

        await using var ledger = _fixture.Open();

        Assert.NotNull(ledger.DamagedFile);
        Assert.Null(await ledger.Cursors.FindAsync("before", default));
    }

    /// <summary>Each page in turn is overwritten: either the file is sound without it (a free page) or it is replaced, and it always opens.</summary>
    [Fact]
    public async Task Open_AnyPageOverwritten_OpensOrStartsAfresh()
    {
        await WriteRowsAsync();
        var sound = await File.ReadAllBytesAsync(_fixture.File);
        const int page = 4096;
        var damaged = 0;
        for (var at = 0; at < sound.Length; at += 3 * page)
        {
            var bytes = (byte[])sound.Clone();
            bytes.AsSpan(at, page).Fill(0xA5);
            foreach (var old in Directory.GetFiles(_fixture.Directory)) File.Delete(old);
            await File.WriteAllBytesAsync(_fixture.File, bytes);

            await using var ledger = _fixture.Open();

            if (ledger.DamagedFile is not null) damaged++;
            await ledger.Cursors.SetAsync("after", new(1), default);
        }

        Assert.True(damaged > 5, $"only {damaged} damaged files were noticed");
    }

    [Fact]
    public async Task Open_TableMissing_StartsAfresh()
    {
        await WriteRowsAsync();
        _fixture.Tamper("DROP TABLE intent");

        await using var ledger = _fixture.Open();

        Assert.NotNull(ledger.DamagedFile);
        Assert.Empty(await ledger.Intents.ListOpenAsync(null, default));
    }

    [Fact]
    public async Task Open_DamagedAgainAndAgain_KeepsEachAndThenStops()
    {
        Directory.CreateDirectory(_fixture.Directory);
        for (var n = 1; n <= 9; n++)
        {
            await File.WriteAllTextAsync(_fixture.File, $"garbage {n}");
            await using var ledger = _fixture.Open();
            Assert.EndsWith($".damaged-{n}", ledger.DamagedFile, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(_fixture.File, "garbage 10");
        var error = Assert.Throws<LedgerRefusedException>(_fixture.Open);

        Assert.Contains("check the disk", error.Message, StringComparison.Ordinal);
        Assert.Equal("garbage 3", await File.ReadAllTextAsync(_fixture.File + ".damaged-3"));
    }

    [Fact]
    public async Task Open_LeftoverLogOfADeletedDatabase_StartsAfresh()
    {
        await using (var ledger = _fixture.Open())
        {
            await ledger.Cursors.SetAsync("before", new(1), default);
            File.Copy(_fixture.File + "-wal", _fixture.File + ".kept");
        }

        File.Delete(_fixture.File);
        File.Move(_fixture.File + ".kept", _fixture.File + "-wal");

        await using var fresh = _fixture.Open();
        Assert.Null(await fresh.Cursors.FindAsync("before", default));
    }

    private async Task WriteRowsAsync()
    {
        await using var ledger = _fixture.Open();
        await ledger.Cursors.SetAsync("before", new(1), default);
        for (var n = 0; n < 50; n++) await ledger.Intents.BeginAsync("test", $"subject {n}", $"\"{new string('x', 2000)}\"", default);
        for (var n = 1; n <= 50; n++) await ledger.Usage.AppendAsync([Sample.Interval("container", n)], default);
    }
}
