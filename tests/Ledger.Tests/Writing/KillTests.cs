using System.Globalization;

namespace ProviderAgent.Ledger.Tests;

public sealed class KillTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    /// <summary>Kills a process that writes to four stores at once, again and again on one file, each time at another moment.</summary>
    [Fact]
    public async Task Kill_InTheMiddleOfWriting_LosesNothingAcknowledged()
    {
        const int kills = 12;
        var acknowledged = new List<Dictionary<string, long>>();
        for (var run = 1; run <= kills; run++)
        {
            acknowledged.Add(await WriteAndKillAsync(run, lines: 3 * run * run));

            await using var ledger = _fixture.Open();
            Assert.Null(ledger.DamagedFile);
            var proof = await ledger.VerifyAsync(default);
            Assert.True(proof.IsIntact, proof.FirstBreak?.ToString());
            for (var earlier = 1; earlier <= run; earlier++) await AssertThereAsync(ledger, earlier, acknowledged[earlier - 1]);
        }

        Assert.All(acknowledged, counts => Assert.NotEmpty(counts));
    }

    private async Task<Dictionary<string, long>> WriteAndKillAsync(int run, int lines)
    {
        using var child = Child.Start("write", _fixture.Directory, run.ToString(CultureInfo.InvariantCulture));
        var said = new List<string>();
        while (said.Count < lines && await child.ReadLineAsync() is { } line) said.Add(line);
        said.AddRange(await child.KillAsync());

        var counts = new Dictionary<string, long>();
        foreach (var line in said.Where(line => line.EndsWith('.')))
        {
            // A line without its full stop was cut by the kill.
            var parts = line.TrimEnd('.').Split(' ');
            var number = long.Parse(parts[1], CultureInfo.InvariantCulture);
            counts[parts[0]] = Math.Max(counts.GetValueOrDefault(parts[0]), number);
        }

        return counts;
    }

    private static async Task AssertThereAsync(LedgerDatabase ledger, int run, Dictionary<string, long> counts)
    {
        if (counts.TryGetValue("intent", out var intent)) Assert.Contains(await ledger.Intents.ListOpenAsync("test", default), row => row.Id == intent);
        if (counts.TryGetValue("usage", out var usage))
        {
            var end = await ledger.Usage.FindEndAsync(Sample.Text(run, 0), Sample.Epoch, default);
            Assert.True(end?.At >= Sample.Epoch.AddSeconds(10 * usage), $"run {run}: usage {usage} was acknowledged, found {end?.At}");
        }

        if (counts.TryGetValue("settlement", out var settlement))
        {
            var income = await ledger.Settlements.FindIncomeAsync(Sample.Lease((ulong)run), default);
            Assert.True(income?.Withdrawn.Amount >= settlement, $"run {run}: settlement {settlement} was acknowledged, found {income}");
        }

        if (counts.TryGetValue("manifest", out var manifest))
        {
            // Latest and previous are kept, and at most one more can have been written without its acknowledgement being read.
            var kept = new[] { await ledger.Manifests.FindAsync(Sample.Lease((ulong)run), default), await ledger.Manifests.FindPreviousAsync(Sample.Lease((ulong)run), default) };
            Assert.Contains(kept, row => row?.Hash == Sample.Hash((int)manifest));
        }
    }
}
