using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ProviderAgent.TestKit;

/// <summary>The libraries that stand in for the GPU driver's, and the hardware that they show.</summary>
public static class GpuFakes
{
    private static readonly Lazy<string> Built = new(Build);

    /// <summary>Folder of <c>libnvidia-ml.so.1</c> and <c>libcuda.so.1</c>, for LD_LIBRARY_PATH; built at the first use.</summary>
    public static string Folder => Built.Value;

    private static string Build()
    {
        var script = Path.Combine(Repository.Root, "tests", "fakes", "build.sh");
        using var process = Process.Start(new ProcessStartInfo(script) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{script} did not start");
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{script} failed: {errors}");
    }
}

/// <summary>The file that says what hardware there is; written anew under the feet of whoever looks at it.</summary>
public sealed class GpuMachine
{
    private readonly string _file;

    public GpuMachine(string file) => _file = file;

    public string File => _file;

    /// <summary>Lines about the library as a whole, such as <c>hang=nvmlDeviceGetPowerUsage</c>.</summary>
    public List<string> Library { get; } = [];

    public List<GpuLines> Gpus { get; } = [];

    /// <summary>A UUID that is easy to tell apart.</summary>
    public static string Uuid(int number) => string.Create(CultureInfo.InvariantCulture, $"GPU-{number:d8}-0000-0000-0000-000000000000");

    /// <summary>Adds a device; it is seen after the next <see cref="Write"/>.</summary>
    public GpuLines Add(int number, string name = "NVIDIA GeForce RTX 4090", string pci = "0x268410DE", long mebibytes = 24564)
    {
        var gpu = new GpuLines
        {
            ["uuid"] = Uuid(number),
            ["name"] = name,
            ["pci"] = pci,
            ["bus"] = string.Create(CultureInfo.InvariantCulture, $"0000:{number:x2}:00.0"),
            ["memory"] = (mebibytes << 20).ToString(CultureInfo.InvariantCulture),
        };
        Gpus.Add(gpu);
        return gpu;
    }

    /// <summary>Shows the hardware as it is described now, in one step.</summary>
    public GpuMachine Write()
    {
        var text = new StringBuilder();
        foreach (var line in Library) text.AppendLine(line);
        foreach (var gpu in Gpus)
        {
            text.AppendLine("[gpu]");
            foreach (var (key, value) in gpu) text.AppendLine(CultureInfo.InvariantCulture, $"{key}={value}");
            foreach (var line in gpu.More) text.AppendLine(line);
        }

        System.IO.File.WriteAllText(_file + ".new", text.ToString());
        System.IO.File.Move(_file + ".new", _file, overwrite: true);
        return this;
    }

    /// <summary>The driver is gone.</summary>
    public void Remove() => System.IO.File.Delete(_file);
}

/// <summary>What one device says, by key.</summary>
public sealed class GpuLines : Dictionary<string, string>
{
    /// <summary>Keys that can stand more than once, such as <c>process=4242 1048576</c>.</summary>
    public List<string> More { get; } = [];
}
