namespace ProviderAgent.Ledger.Tests;

public sealed class TornLogTests : IDisposable
{
    private const int Rows = 30;

    private readonly LedgerFixture _fixture = new();
    private readonly TempFolder _copies = new();

    public void Dispose()
    {
        _fixture.Dispose();
        _copies.Dispose();
    }

    /// <summary>A power cut can leave any length of the log. What is there must be the first n writes, whole, for some n.</summary>
    [Fact]
    public async Task Open_LogCutAnywhere_HasAPrefixOfTheWrites()
    {
        var (database, log) = await WriteAsync();
        var found = new List<int>();
        for (var length = 0; length <= log.Length; length += log.Length / 40)
        {
            found.Add(await OpenCopyAsync(database, log.AsSpan(0, length).ToArray()));
        }

        Assert.Equal(found.Order(), found); // a longer log never holds less
        Assert.Equal(Rows, await OpenCopyAsync(database, log));
        Assert.True(found.Distinct().Count() > 10, "the cuts did not fall between writes");
    }

    [Fact]
    public async Task Open_LogWithFlippedBits_HasAPrefixOfTheWrites()
    {
        var (database, log) = await WriteAsync();
        for (var at = 40; at < log.Length; at += log.Length / 25)
        {
            var flipped = (byte[])log.Clone();
            flipped[at] ^= 0x10;
            Assert.InRange(await OpenCopyAsync(database, flipped), 0, Rows);
        }
    }

    private async Task<(byte[] Database, byte[] Log)> WriteAsync()
    {
        await using var ledger = _fixture.Open();
        for (var n = 1; n <= Rows; n++)
        {
            await ledger.Usage.AppendAsync([Sample.Interval("container", n)], default);
        }

        // Copied while open, so that the log has not been merged into the database.
        return (await ReadSharedAsync(_fixture.File), await ReadSharedAsync(_fixture.File + "-wal"));
    }

    /// <returns>How many writes the copy holds.</returns>
    private async Task<int> OpenCopyAsync(byte[] database, byte[] log)
    {
        var directory = _copies.File("state");
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        await File.WriteAllBytesAsync(Path.Combine(directory, "ledger.db"), database);
        await File.WriteAllBytesAsync(Path.Combine(directory, "ledger.db-wal"), log);

        await using var ledger = LedgerDatabase.Open(directory, _fixture.Time, _fixture.Log);
        Assert.Null(ledger.DamagedFile);
        var proof = await ledger.VerifyAsync(default);
        Assert.True(proof.IsIntact, proof.FirstBreak?.ToString());
        var end = await ledger.Usage.FindEndAsync("container", Sample.Epoch, default);
        Assert.Equal(proof.UsageRows, end?.Counters.CpuNanoseconds / 1_000_000_000 ?? 0);
        await ledger.Cursors.SetAsync("writable", new(1), default);
        return (int)proof.UsageRows;
    }

    private static async Task<byte[]> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }
}
