using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.Inventory;

/// <summary>Asks <c>nvidia-smi</c>, which can hang for ever on a sick GPU: it is ended after a while and not asked again for a longer one.</summary>
internal sealed class SmiReader(string program, TimeProvider time)
{
    private const string Fields = "index,uuid,name,pci.bus_id,pci.device_id,serial,memory.total,memory.used,driver_version,mig.mode.current";
    private const int MaxOutput = 256 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(2);

    private long? _failedAt;

    /// <summary>Fills in a sweep that the library did not answer; returns it unchanged when the program does not help either.</summary>
    public GpuSweep Complete(GpuSweep sweep, CancellationToken ct)
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < Pause) return sweep;
        if (Run(ct) is { } text && Parse(text) is { Count: > 0 } gpus) return sweep with { Source = "nvidia-smi", DriverVersion = gpus[0].Driver, Gpus = [.. gpus.Select(gpu => gpu.Reading)] };
        _failedAt = time.GetTimestamp();
        return sweep;
    }

    /// <summary>Reads the comma separated answer; lines that make no sense are left out.</summary>
    internal static List<(GpuReading Reading, string Driver)> Parse(string text)
    {
        var found = new List<(GpuReading, string)>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var part = line.Split(',', StringSplitOptions.TrimEntries);
            if (part.Length != Fields.Split(',').Length || !int.TryParse(part[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)) continue;
            if (!part[1].StartsWith("GPU-", StringComparison.Ordinal)) continue;
            found.Add((
                new()
                {
                    Index = index,
                    Uuid = part[1],
                    Name = Known(part[2]) ?? "",
                    PciBusId = Known(part[3]) ?? "",
                    PciDeviceId = part[4].Length > 2 && uint.TryParse(part[4].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var id) ? id : 0,
                    Serial = Known(part[5]) ?? "",
                    MemoryTotal = Mebibytes(part[6]),
                    MemoryUsed = Mebibytes(part[7]),
                    MigEnabled = Known(part[9]) is { } mig ? mig == "Enabled" : null,
                    Fault = part.Contains("[Unknown Error]") || part.Contains("[GPU is lost]") ? NvmlReturn.Unknown : NvmlReturn.Success,
                    FaultCall = "nvidia-smi",
                },
                Known(part[8]) ?? ""));
        }

        return found;
    }

    private static string? Known(string text) => text.Length == 0 || text[0] == '[' ? null : text;

    private static ulong? Mebibytes(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) && mebibytes < ulong.MaxValue >> 20 ? mebibytes << 20 : null;

    private string? Run(CancellationToken ct)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [$"--query-gpu={Fields}", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return null;
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                return ReadAsync(process, either.Token).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true); // not waited for: it may hang in the kernel
                return null;
            }
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return null; // not installed, or not for us
        }
    }

    private static async Task<string?> ReadAsync(Process process, CancellationToken ct)
    {
        var buffer = new char[MaxOutput];
        var length = await process.StandardOutput.ReadBlockAsync(buffer, ct);
        await process.WaitForExitAsync(ct);
        return length < MaxOutput && process.ExitCode == 0 ? new(buffer, 0, length) : null;
    }
}
