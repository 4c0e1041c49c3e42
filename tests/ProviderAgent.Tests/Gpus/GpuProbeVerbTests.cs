using System.Diagnostics;
using System.Text.Json;
using ProviderAgent.Hosting;

namespace ProviderAgent.ProviderAgent.Tests.Gpus;

/// <summary>The program itself against the stand-ins for the GPU driver's libraries.</summary>
public sealed class GpuProbeVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("gcc")]
    public async Task GpuProbe_Once_PrintsOneSweep()
    {
        var machine = new GpuMachine(_folder.File("gpus.conf"));
        machine.Add(1);
        machine.Add(2)["fail"] = "15";
        machine.Write();

        var (code, output) = await RunAsync(["--once"]);

        Assert.Equal(ExitCode.Done, code);
        using var document = JsonDocument.Parse(output);
        var gpus = document.RootElement.GetProperty("sweep").GetProperty("gpus");
        Assert.Equal((2, GpuMachine.Uuid(1), 15), (gpus.GetArrayLength(), gpus[0].GetProperty("uuid").GetString(), gpus[1].GetProperty("fault").GetInt32()));
    }

    [Fact]
    public async Task GpuProbe_NoLibrary_SaysSo()
    {
        var (code, output) = await RunAsync(["--once"], libraries: _folder.Path);

        Assert.Equal(ExitCode.Done, code);
        using var document = JsonDocument.Parse(output);
        Assert.NotEqual("nvml", document.RootElement.GetProperty("sweep").GetProperty("source").GetString());
    }

    [NeedsFact("gcc")]
    public async Task GpuProbe_Hangs_NamesTheCallAndEndsWithItsParent()
    {
        var machine = new GpuMachine(_folder.File("gpus.conf"));
        machine.Library.Add("hang=nvmlDeviceGetPowerUsage");
        machine.Add(1);
        machine.Write();
        using var process = Start(["--until-input-ends"], GpuFakes.Folder);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);

        var line = await process.StandardOutput.ReadLineAsync(limit.Token);

        Assert.Equal($$"""{"stuck":"nvmlDeviceGetPowerUsage of {{GpuMachine.Uuid(1)}}"}""", line);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
    }

    public static TheoryData<string, string, string> SelfTests => new()
    {
        { "", "passed", "all stages gave the right result" },
        { "stuck_bit=1000 3", "failed", "1 words of memory did not hold the pattern" },
        { "wrong_compute=1", "failed", "word 262143 was computed wrongly" },
        { "fail.cuMemcpyDtoH_v2=719", "failed", "cuMemcpyDtoH answered 719" },
        { "memory=1048576", "failed", "256 MiB cannot be allocated" },
        { "init=100", "impossible", "CUDA does not start (code 100)" },
    };

    [NeedsTheory("gcc")]
    [MemberData(nameof(SelfTests))]
    public async Task SelfTest_Device_GivesWhatItDeserves(string fault, string outcome, string detail)
    {
        File.WriteAllText(_folder.File("cuda.conf"), $"uuid={GpuMachine.Uuid(2)}\nuuid={GpuMachine.Uuid(1)}\n{fault}\n");

        var (code, output) = await RunAsync(["--self-test", GpuMachine.Uuid(1)]);

        using var document = JsonDocument.Parse(output);
        var test = document.RootElement.GetProperty("test");
        Assert.Contains(detail, test.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var found = test.TryGetProperty("outcome", out var value) ? value.GetInt32() : 0;
        Assert.Equal(outcome, new[] { "passed", "failed", "impossible" }[found]);
        Assert.Equal(outcome == "passed" ? ExitCode.Done : ExitCode.Failed, code);
        if (outcome == "passed") Assert.Equal(256L << 20, test.GetProperty("tested_bytes").GetInt64());
    }

    [NeedsFact("gcc")]
    public async Task SelfTest_DeviceThatCudaDoesNotShow_IsImpossible()
    {
        File.WriteAllText(_folder.File("cuda.conf"), $"uuid={GpuMachine.Uuid(2)}\n");

        var (_, output) = await RunAsync(["--self-test", GpuMachine.Uuid(1)]);

        Assert.Contains("CUDA does not show GPU", output, StringComparison.Ordinal);
    }

    private async Task<(ExitCode Code, string Output)> RunAsync(string[] arguments, string? libraries = null)
    {
        using var process = Start(arguments, libraries ?? GpuFakes.Folder);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return ((ExitCode)process.ExitCode, output);
    }

    private Process Start(string[] arguments, string libraries)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "provider-agent.dll"), "gpu-probe", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = libraries;
        start.Environment["FAKE_NVML_CONFIG"] = _folder.File("gpus.conf");
        start.Environment["FAKE_CUDA_CONFIG"] = _folder.File("cuda.conf");
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
    }
}
