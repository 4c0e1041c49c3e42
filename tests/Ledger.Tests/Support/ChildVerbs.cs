using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProviderAgent.Ledger.Tests;

/// <summary>What the second process does.</summary>
internal static class ChildVerbs
{
    /// <summary>Opens the ledger and keeps it until standard input ends.</summary>
    public static async Task<int> HoldAsync(string directory)
    {
        await using var ledger = LedgerDatabase.Open(directory, TimeProvider.System, NullLogger.Instance);
        Console.WriteLine("open");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Writes to several stores at once for ever and says each write that was acknowledged.</summary>
    public static async Task<int> WriteAsync(string directory, int run)
    {
        await using var ledger = LedgerDatabase.Open(directory, TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(
            RepeatAsync(async i => Say("intent", await ledger.Intents.BeginAsync("test", Sample.Text(run, i), "{}", default))),
            RepeatAsync(async i =>
            {
                await ledger.Usage.AppendAsync([Sample.Interval(Sample.Text(run, 0), i)], default);
                Say("usage", i);
            }),
            RepeatAsync(async i =>
            {
                await ledger.Settlements.RecordAsync(Sample.Lease((ulong)run), new(i), Sample.Uact(i), "", null, default);
                Say("settlement", i);
            }),
            RepeatAsync(async i =>
            {
                await ledger.Manifests.PutAsync(Sample.Lease((ulong)run), Sample.Hash(i), new byte[100], default);
                Say("manifest", i);
            }));
        return 0;
    }

    /// <summary>Makes the file of this schema version that later versions are tested with: run it by hand at a release, gzip the result.</summary>
    public static async Task<int> WriteVersionFileAsync(string directory)
    {
        await using var ledger = LedgerDatabase.Open(directory, new ManualTimeProvider(Sample.Epoch), NullLogger.Instance);
        await VersionFile.WriteAsync(ledger, default);
        return 0;
    }

    private static async Task RepeatAsync(Func<int, Task> write)
    {
        for (var i = 1; ; i++) await write(i);
    }

    private static void Say(string what, long number) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {number}."));
}
