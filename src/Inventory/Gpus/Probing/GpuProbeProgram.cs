using System.Text.Json;

namespace ProviderAgent.Inventory;

/// <summary>What runs in the probe's own process: the only place that calls the GPU driver's libraries.</summary>
public static class GpuProbeProgram
{
    /// <summary>Sweeps until the reader of <paramref name="output"/> is gone or <paramref name="ct"/> says so.</summary>
    /// <param name="period">From one sweep to the next; positive.</param>
    /// <param name="once">End after the first sweep.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="ct">Ends the program.</param>
    public static void Sweep(TimeSpan period, bool once, Stream output, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        var files = new HostFiles(root: "");
        using var loop = new GpuProbeLoop(files, new SmiReader("nvidia-smi", TimeProvider.System), new(files), output, TimeProvider.System);
        try
        {
            loop.Run(period, once, ct);
        }
        catch (IOException)
        {
            // The daemon is gone, and with it our purpose.
        }
    }

    /// <summary>Tests one device and writes one line.</summary>
    /// <param name="uuid">The device; the process must not see another one.</param>
    /// <param name="level">How thorough.</param>
    /// <param name="output">Where the line goes.</param>
    public static SelfTestReport Test(string uuid, SelfTestLevel level, Stream output)
    {
        var report = new SelfTest(TimeProvider.System).Run(uuid, level);
        output.Write(JsonSerializer.SerializeToUtf8Bytes(new ProbeLine { Test = report }, ProbeJson.Default.ProbeLine));
        output.WriteByte((byte)'\n');
        output.Flush();
        return report;
    }
}
