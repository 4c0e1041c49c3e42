namespace ProviderAgent.Ledger.Tests;

public sealed class UsageStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Append_RepeatedCall_CountsOnce()
    {
        await using var ledger = _fixture.Open();
        UsageInterval[] batch = [Sample.Interval("a", 1), Sample.Interval("b", 1)];

        Assert.Equal([UsageAppend.Added, UsageAppend.Added], await ledger.Usage.AppendAsync(batch, default));
        Assert.Equal([UsageAppend.Repeated, UsageAppend.Repeated], await ledger.Usage.AppendAsync(batch, default));
        Assert.Equal([UsageAppend.Added], await ledger.Usage.AppendAsync([Sample.Interval("a", 2)], default));
        Assert.Equal([UsageAppend.Repeated], await ledger.Usage.AppendAsync([Sample.Interval("a", 1)], default));

        Assert.Equal(3, (await ledger.VerifyAsync(default)).UsageRows);
        Assert.Equal(3_000_000_000, (long)Assert.Single(await ledger.Usage.SumAsync(Sample.Lease(1), default)).CpuNanoseconds);
    }

    [Fact]
    public async Task Append_InsideAccountedTime_IsRefused()
    {
        await using var ledger = _fixture.Open();
        await ledger.Usage.AppendAsync([Sample.Interval("a", 1)], default);
        var overlapping = Sample.Interval("a", 2) with { From = Sample.Epoch.AddSeconds(5) };

        Assert.Equal([UsageAppend.Overlaps], await ledger.Usage.AppendAsync([overlapping], default));

        Assert.Equal(1_000_000_000, (long)Assert.Single(await ledger.Usage.SumAsync(Sample.Lease(1), default)).CpuNanoseconds);
    }

    [Fact]
    public async Task FindEnd_AfterReopening_HasTheLastCounters()
    {
        await using (var ledger = _fixture.Open()) await ledger.Usage.AppendAsync([Sample.Interval("a", 1), Sample.Interval("a", 2)], default);

        await using var again = _fixture.Open();

        Assert.Equal(new UsageEnd(Sample.Source("a"), Sample.Epoch.AddSeconds(20), new(2_000_000_000, 6, 10)), await again.Usage.FindEndAsync("a", Sample.Epoch, default));
        Assert.Null(await again.Usage.FindEndAsync("a", Sample.Epoch.AddSeconds(1), default)); // another run of the same container
        Assert.Null(await again.Usage.FindEndAsync("b", Sample.Epoch, default));
    }

    [Fact]
    public async Task Sum_AmountsBeyond64Bits_AreExact()
    {
        await using var ledger = _fixture.Open();
        for (var n = 1; n <= 4; n++)
        {
            var interval = Sample.Interval("a", n) with { Used = new(long.MaxValue, long.MaxValue - n, long.MaxValue, 1, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6)) };
            await ledger.Usage.AppendAsync([interval], default);
        }

        while (await ledger.Usage.FoldAsync(Sample.Epoch.AddSeconds(25), 100, default) > 0)
        {
            // Each sum that would not fit gets a seal of its own.
        }

        var sum = Assert.Single(await ledger.Usage.SumAllAsync(default));
        Assert.Equal((Int128)long.MaxValue * 4, sum.CpuNanoseconds);
        Assert.Equal((Int128)long.MaxValue * 4 - 10, sum.MemoryByteSeconds);
        Assert.Equal((TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(24)), (sum.Measured, sum.Gap));
        Assert.Equal(new LedgerVerification(2, 2, 0, null), await ledger.VerifyAsync(default));
    }

    [Fact]
    public async Task Sum_SeveralLeasesAndServices_AreApart()
    {
        await using var ledger = _fixture.Open();
        await ledger.Usage.AppendAsync(
            [Sample.Interval("a", 1), Sample.Interval("b", 1, replica: 1), Sample.Interval("c", 1, service: "db"), Sample.Interval("d", 1, lease: 2)], default);

        var all = await ledger.Usage.SumAllAsync(default);

        Assert.Equal([(Sample.Lease(1), "db", 1), (Sample.Lease(1), "web", 2), (Sample.Lease(2), "web", 1)], all.Select(sum => (sum.Lease, sum.Service, (int)(sum.CpuNanoseconds / 1_000_000_000))));
        Assert.Equal(all.Take(2), await ledger.Usage.SumAsync(Sample.Lease(1), default));
        Assert.Empty(await ledger.Usage.SumAsync(Sample.Lease(3), default));
    }

    [Fact]
    public async Task Fold_OldRows_KeepsSumsAndChain()
    {
        await using var ledger = _fixture.Open();
        const int perDay = 8640;
        for (var n = perDay - 30; n <= perDay + 50; n++) await ledger.Usage.AppendAsync([Sample.Interval("a", n), Sample.Interval("b", n, replica: 1)], default);
        var before = await ledger.Usage.SumAllAsync(default);

        _fixture.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(50, await ledger.Usage.FoldAsync(Sample.Epoch.AddDays(1).AddSeconds(105), 50, default));
        Assert.Equal(32, await ledger.Usage.FoldAsync(Sample.Epoch.AddDays(1).AddSeconds(105), 50, default));
        Assert.Equal(0, await ledger.Usage.FoldAsync(Sample.Epoch.AddDays(1).AddSeconds(105), 50, default));

        Assert.Equal(before, await ledger.Usage.SumAllAsync(default));
        Assert.Equal(new LedgerVerification(80, 2, 0, null), await ledger.VerifyAsync(default));
        Assert.Equal([UsageAppend.Added], await ledger.Usage.AppendAsync([Sample.Interval("a", perDay + 51)], default));
        Assert.Equal([UsageAppend.Repeated], await ledger.Usage.AppendAsync([Sample.Interval("a", perDay + 51)], default));
        Assert.Equal([UsageAppend.Overlaps], await ledger.Usage.AppendAsync([Sample.Interval("a", perDay - 30)], default)); // folded: its own row is gone, yet it is not counted again
        Assert.True((await ledger.VerifyAsync(default)).IsIntact);
    }

    [Fact]
    public async Task Fold_RowFromAWrongClock_DoesNotBlockTheRest()
    {
        await using var ledger = _fixture.Open();
        await ledger.Usage.AppendAsync([Sample.Interval("future", 10_000_000)], default);
        for (var n = 1; n <= 10; n++) await ledger.Usage.AppendAsync([Sample.Interval("a", n)], default);

        Assert.Equal(11, await ledger.Usage.FoldAsync(Sample.Epoch.AddHours(1), 100, default));
    }

    [Fact]
    public async Task ForgetContainers_LongGone_KeepsSumsAndLivingOnes()
    {
        await using var ledger = _fixture.Open();
        for (var n = 1; n <= 3; n++) await ledger.Usage.AppendAsync([Sample.Interval("old", n)], default);
        await ledger.Usage.FoldAsync(Sample.Epoch.AddHours(1), 100, default);
        await ledger.Usage.AppendAsync([Sample.Interval("unfolded", 1), Sample.Interval("living", 1000)], default);

        Assert.Equal(1, await ledger.Usage.ForgetContainersAsync(Sample.Epoch.AddHours(1), 100, default));

        Assert.Null(await ledger.Usage.FindEndAsync("old", Sample.Epoch, default));
        Assert.NotNull(await ledger.Usage.FindEndAsync("unfolded", Sample.Epoch, default));
        Assert.NotNull(await ledger.Usage.FindEndAsync("living", Sample.Epoch, default));
        Assert.Equal(5_000_000_000, (long)Assert.Single(await ledger.Usage.SumAllAsync(default)).CpuNanoseconds);
        Assert.True((await ledger.VerifyAsync(default)).IsIntact);
    }

    [Fact]
    public async Task Append_Nonsense_IsRefusedWhole()
    {
        await using var ledger = _fixture.Open();
        var good = Sample.Interval("a", 1);
        UsageInterval[] nonsense =
        [
            good with { To = good.From },
            good with { Used = good.Used with { CpuNanoseconds = -1 } },
            good with { Used = good.Used with { Gap = TimeSpan.FromSeconds(-1) } },
            good with { AtEnd = good.AtEnd with { SentBytes = -1 } },
            good with { Source = good.Source with { ContainerId = "" } },
        ];

        foreach (var bad in nonsense) await Assert.ThrowsAsync<ArgumentException>(() => ledger.Usage.AppendAsync([good, bad], default));

        Assert.Empty(await ledger.Usage.SumAllAsync(default));
    }
}
