using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;

namespace ProviderAgent.Bench.Inventory;

/// <summary>What it costs to look at eight GPUs every five seconds: the probe's process against the stand-in for the driver's library.</summary>
internal static class GpuSweepBench
{
    public const string Name = "gpu-sweep";

    private const int Cards = 8;
    private const int PeriodMs = 5000;
    private const double TargetPercent = 0.2;

    /// <param name="program">The daemon's executable.</param>
    /// <param name="libraries">Folder of the stand-in.</param>
    /// <param name="watch">How long it is watched.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="BenchException">The probe does not run, or finds other than eight cards.</exception>
    public static async Task<BenchResult> RunAsync(string program, string libraries, TimeSpan watch, TimeProvider time, CancellationToken ct)
    {
        var machine = Path.GetTempFileName();
        try
        {
            var text = new StringBuilder();
            for (var i = 0; i < Cards; i++) text.AppendLine("[gpu]").AppendLine(CultureInfo.InvariantCulture, $"uuid=GPU-{i:d8}-0000-0000-0000-000000000000").AppendLine("process=4242 1048576");
            await File.WriteAllTextAsync(machine, text.ToString(), ct);
            var start = new ProcessStartInfo(program, ["gpu-probe", "--until-input-ends", "--period", PeriodMs.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["LD_LIBRARY_PATH"] = libraries;
            start.Environment["FAKE_NVML_CONFIG"] = machine;
            using var probe = Process.Start(start) ?? throw new BenchException($"{program} did not start");
            try
            {
                // The first sweeps compile what they use.
                for (var sweep = 0; sweep < 3; sweep++)
                {
                    var line = await probe.StandardOutput.ReadLineAsync(ct) ?? throw new BenchException("the probe ended before it found anything");
                    if (line.Split("\"uuid\"").Length != Cards + 1) throw new BenchException($"the probe does not see {Cards} cards: {line}");
                }

                _ = probe.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct);
                var (before, since) = (ProcessFigures.ProcessorSeconds(probe.Id), time.GetTimestamp());
                await Task.Delay(watch, time, ct);
                var percent = 100 * (ProcessFigures.ProcessorSeconds(probe.Id) - before) / time.GetElapsedTime(since).TotalSeconds;
                var (rss, pss, own) = ProcessFigures.Memory(probe.Id);
                return new(Name, string.Create(CultureInfo.InvariantCulture, $"{Cards} cards of a stand-in, every {PeriodMs / 1000} s, watched for {watch.TotalSeconds:0} s"),
                [
                    new("processor, share of one core", "%", percent, Target: TargetPercent),
                    new("resident memory (RSS)", "MiB", rss),
                    new("resident memory, shared pages in part (PSS)", "MiB", pss),
                    new("memory of its own (private)", "MiB", own),
                ]);
            }
            finally
            {
                probe.Kill();
            }
        }
        finally
        {
            File.Delete(machine);
        }
    }
}
