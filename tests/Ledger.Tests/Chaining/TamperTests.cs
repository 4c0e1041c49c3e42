namespace ProviderAgent.Ledger.Tests;

public sealed class TamperTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("UPDATE usage SET cpu_ns = cpu_ns + 1 WHERE seq = 25", "usage", 25)]
    [InlineData("UPDATE usage SET gap_ms = 7 WHERE seq = 11", "usage", 11)]
    [InlineData("UPDATE usage SET hash = zeroblob(32) WHERE seq = 30", "usage", 30)]
    [InlineData("DELETE FROM usage WHERE seq = 20", "usage", 20)]
    [InlineData("DELETE FROM usage WHERE seq = 40", "usage", 40)]
    [InlineData("DELETE FROM usage", "usage", 11)]
    [InlineData("UPDATE usage_source SET service = 'cheap'", "usage", 11)]
    [InlineData("UPDATE usage_source SET lease_id = 'nobody'", "usage", 11)]
    [InlineData("DELETE FROM usage_source", "usage", 11)]
    [InlineData("UPDATE usage_day SET cpu_ns = cpu_ns * 2", "usage_seal", 1)]
    [InlineData("UPDATE usage_day SET lease_id = CAST(x'ff' AS TEXT)", "usage_seal", 1)]
    [InlineData("DELETE FROM usage_day", "usage_seal", 1)]
    [InlineData("UPDATE usage_seal SET last_row = 12", "usage_seal", 1)]
    [InlineData("DELETE FROM usage_seal", "usage_seal", 1)]
    [InlineData("INSERT INTO usage_day SELECT 99, 99, day, lease_id, service, replica, 1, 1, 1, 1, 1, 1, 1 FROM usage_day", "usage_seal", 99)]
    [InlineData("UPDATE settlement SET delta = 1000 WHERE seq = 2", "settlement", 2)]
    [InlineData("UPDATE settlement SET transaction_hash = 'other' WHERE seq = 1", "settlement", 1)]
    [InlineData("UPDATE settlement SET fee = NULL, fee_denom = NULL WHERE seq = 1", "settlement", 1)]
    [InlineData("UPDATE settlement SET denom = '?' WHERE seq = 2", "settlement", 2)]
    [InlineData("DELETE FROM settlement WHERE seq = 2", "settlement", 2)]
    [InlineData("DELETE FROM settlement WHERE seq = 1", "settlement", 1)]
    [InlineData("UPDATE settlement SET seq = 3 WHERE seq = 2", "settlement", 2)]
    [InlineData("DELETE FROM chain_head WHERE name = 'settlement'", "settlement", 3)]
    public async Task Verify_ChangedBehindItsBack_NamesTheFirstBreak(string change, string chain, long row)
    {
        await using (var ledger = _fixture.Open())
        {
            await VersionFile.WriteAsync(ledger, default);
            Assert.Equal(new LedgerVerification(30, 1, 2, null), await ledger.VerifyAsync(default));
        }

        Assert.True(_fixture.Tamper(change) > 0);

        await using var open = _fixture.Open();
        var proof = await open.VerifyAsync(default);
        Assert.False(proof.IsIntact);
        Assert.Equal((chain, row), (proof.FirstBreak!.Chain, proof.FirstBreak.Row));
    }

    [Fact]
    public async Task Fold_ChangedRow_IsNotHidden()
    {
        await using var ledger = _fixture.Open();
        for (var n = 1; n <= 40; n++) await ledger.Usage.AppendAsync([Sample.Interval("container", n)], default);
        _fixture.Tamper("UPDATE usage SET cpu_ns = 1 WHERE seq = 15");

        var folded = await ledger.Usage.FoldAsync(Sample.Epoch.AddDays(1), 1000, default);

        Assert.Equal(14, folded);
        Assert.Equal(0, await ledger.Usage.FoldAsync(Sample.Epoch.AddDays(1), 1000, default));
        Assert.Equal(new ChainBreak("usage", 15, "the row does not match its hash"), (await ledger.VerifyAsync(default)).FirstBreak);
    }

    [Fact]
    public async Task List_SettlementThatCannotBeRead_IsPassedOverAndStays()
    {
        await using var ledger = _fixture.Open();
        await VersionFile.WriteAsync(ledger, default);
        _fixture.Tamper("UPDATE settlement SET lease_id = 'nobody' WHERE seq = 1");

        Assert.Single(await ledger.Settlements.ListRecentAsync(10, default));
        Assert.Contains("ChainedRowSkipped", _fixture.Log.Events);
        Assert.Empty(await ledger.Quarantine.ListAsync(10, default));
        Assert.Equal(1, (await ledger.VerifyAsync(default)).FirstBreak?.Row);
    }

    /// <summary>The documented encoding, recomputed by hand from the fields of one row.</summary>
    [Fact]
    public void Hash_KnownRow_FollowsTheDocumentedEncoding()
    {
        using var hasher = new RowHasher();
        var hash = hasher.After(RowHasher.Origin).Add(1).Add("ab").Add((Coin?)null).Add(Sample.Uact(-2)).Finish();

        byte[] expected =
        [
            .. new byte[32],
            0, 0, 0, 0, 0, 0, 0, 1,
            0, 0, 0, 0, 0, 0, 0, 2, (byte)'a', (byte)'b',
            0,
            1, 255, 255, 255, 255, 255, 255, 255, 254, 0, 0, 0, 0, 0, 0, 0, 4, (byte)'u', (byte)'a', (byte)'c', (byte)'t',
        ];
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(expected), hash);
    }
}
