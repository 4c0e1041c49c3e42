using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Ledger.Tests;

public sealed class UsagePropertyTests
{
    private enum Step
    {
        Append,
        Repeat,
        Fold,
        Reopen,
    }

    /// <summary>Whatever happens in whatever order, sums are those of the accepted intervals and the chain holds.</summary>
    [Fact]
    public void AnySequence_SumsAreExactAndTheChainHolds() =>
        Prop.ForAll(Gen.ListOf(StepGenerator()).ToArbitrary(), steps => Run(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static Gen<(Step Step, int Container, long Amount)> StepGenerator() =>
        from step in Gen.Frequency((6, Gen.Constant(Step.Append)), (2, Gen.Constant(Step.Repeat)), (1, Gen.Constant(Step.Fold)), (1, Gen.Constant(Step.Reopen)))
        from container in Gen.Choose(0, 3)
        from amount in Gen.OneOf(Gen.Choose(0, 1000).Select(n => (long)n), Gen.Constant(long.MaxValue))
        select (step, container, amount);

    private static async Task<bool> Run(IList<(Step Step, int Container, long Amount)> steps)
    {
        using var fixture = new LedgerFixture();
        var ledger = fixture.Open();
        try
        {
            var count = new long[4];
            var last = new UsageInterval?[4];
            var sums = new Int128[2];
            foreach (var (step, container, amount) in steps)
            {
                switch (step)
                {
                    case Step.Append:
                        last[container] = Interval(container, ++count[container], amount);
                        sums[container % 2] += amount;
                        await ledger.Usage.AppendAsync([last[container]!], default);
                        break;
                    case Step.Repeat when last[container] is { } again:
                        await ledger.Usage.AppendAsync([again], default);
                        break;
                    case Step.Fold:
                        await ledger.Usage.FoldAsync(Sample.Epoch.AddSeconds(amount % 100), 3, default);
                        break;
                    case Step.Reopen:
                        await ledger.DisposeAsync();
                        ledger = fixture.Open();
                        break;
                }
            }

            for (var lease = 0; lease < 2; lease++)
            {
                var found = (await ledger.Usage.SumAsync(Sample.Lease((ulong)lease + 1), default)).Aggregate(Int128.Zero, (sum, row) => sum + row.MemoryByteSeconds);
                Assert.Equal(sums[lease], found);
            }

            var proof = await ledger.VerifyAsync(default);
            Assert.True(proof.IsIntact, proof.FirstBreak?.ToString());
            return true;
        }
        finally
        {
            await ledger.DisposeAsync();
        }
    }

    private static UsageInterval Interval(int container, long n, long amount)
    {
        var interval = Sample.Interval($"container {container}", n, (ulong)(container % 2) + 1);
        return interval with { Used = interval.Used with { MemoryByteSeconds = amount } };
    }
}
