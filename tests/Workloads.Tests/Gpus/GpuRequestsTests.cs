using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads.Tests.Gpus;

public sealed class GpuRequestsTests
{
    private const string First = "GPU-11111111-0000-0000-0000-000000000000";
    private const string Second = "GPU-22222222-0000-0000-0000-000000000000";

    [Fact]
    public void For_Driver_IsOneRequestWithAllUuidsAndNoCount()
    {
        var request = Assert.Single(GpuRequests.For([First, Second], GpuRoute.Driver)!);

        Assert.Equal(("nvidia", 0), (request.Driver, request.Count));
        Assert.Equal([First, Second], request.DeviceIDs);
        Assert.Contains("gpu", Assert.Single(request.Capabilities!));
    }

    [Fact]
    public void For_Cdi_NamesTheDevicesByKindAndUuid()
    {
        var request = Assert.Single(GpuRequests.For([First, Second], GpuRoute.Cdi)!);

        Assert.Equal("cdi", request.Driver);
        Assert.Equal([$"nvidia.com/gpu={First}", $"nvidia.com/gpu={Second}"], request.DeviceIDs);
    }

    [Theory]
    [InlineData(GpuRoute.Driver)]
    [InlineData(GpuRoute.Cdi)]
    public void WithoutGpus_NothingIsAskedFor_AndTheImagesOwnVariableIsOverruled(GpuRoute route)
    {
        Assert.Null(GpuRequests.For([], route));
        Assert.Equal(["NVIDIA_VISIBLE_DEVICES=void"], GpuRequests.Environment([], route));
    }

    [Fact]
    public void Environment_WithCdi_LeavesNothingForAnOlderHookToAdd() =>
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=void", GpuRequests.Environment([First], GpuRoute.Cdi));

    [Theory]
    [InlineData("nvidia.json", """{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","devices":[{"name":"0"},{"name":"GPU-11111111-0000-0000-0000-000000000000"}]}""", true)]
    [InlineData("nvidia.yaml", "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices:\n- name: \"0\"\n- name: GPU-11111111-0000-0000-0000-000000000000\n", true)]
    [InlineData("nvidia.yml", "kind: 'nvidia.com/gpu'\ndevices:\n  - containerEdits: {}\n    name: 'GPU-11111111-0000-0000-0000-000000000000'\n", true)]
    [InlineData("nvidia.yaml", "kind: nvidia.com/gpu\ndevices:\n- name: \"0\"\n", false)] // by number only
    [InlineData("nvidia.yaml", "kind: nvidia.com/gpu\ndevices:\n- name: GPU-11111111-0000-0000-0000-0000000000001\n", false)]
    [InlineData("nvidia.yaml", "kind: nvidia.com/gpu\n# GPU-11111111-0000-0000-0000-000000000000\n", false)]
    [InlineData("other.yaml", "kind: example.com/gpu\ndevices:\n- name: GPU-11111111-0000-0000-0000-000000000000\n", false)]
    [InlineData("nvidia.txt", "kind: nvidia.com/gpu\ndevices:\n- name: GPU-11111111-0000-0000-0000-000000000000\n", false)]
    public void CdiCatalog_OnlyAFileOfTheKindThatNamesTheUuid_Counts(string file, string text, bool expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File(file), text);

        Assert.Equal(expected, CdiCatalog.Offers(new SystemInfoResponse { CDISpecDirs = ["/nonexistent/cdi", folder.Path] }, First));
        Assert.False(CdiCatalog.Offers(new SystemInfoResponse(), First));
    }

    [Fact]
    public void CdiCatalog_TheEnginesOwnWord_IsEnough()
    {
        var info = new SystemInfoResponse { DiscoveredDevices = [new() { Source = "cdi", ID = $"nvidia.com/gpu={First}" }] };

        Assert.True(CdiCatalog.Offers(info, First));
        Assert.False(CdiCatalog.Offers(info, Second));
    }

    [Theory]
    [InlineData("GPU 0: Card (UUID: GPU-a)\nGPU 1: Card (UUID: GPU-b)\n", 0, "Proven")]
    [InlineData("GPU 0: Card (UUID: GPU-b)\nGPU 1: Card (UUID: GPU-a)\n", 0, "Proven")]
    [InlineData("GPU 0: Card (UUID: GPU-a)\n", 0, "Wrong")]
    [InlineData("GPU 0: Card (UUID: GPU-a)\nGPU 1: Card (UUID: GPU-b)\nGPU 2: Card (UUID: GPU-c)\n", 0, "Wrong")]
    [InlineData("GPU 0: Card (UUID: GPU-a)\nGPU 1: Card (UUID: GPU-a)\n", 0, "Wrong")]
    [InlineData("GPU 0: Card (UUID: GPU-a)\nGPU 1: Card\n", 0, "Wrong")]
    [InlineData("", 0, "Wrong")]
    [InlineData("Failed to initialize NVML: Unknown Error\n", 255, "CutOff")]
    [InlineData("Failed to initialize NVML: Driver/library version mismatch\n", 18, "Unknown")]
    [InlineData("OCI runtime exec failed: exec: \"/usr/bin/nvidia-smi\": no such file", 126, "Unknown")]
    [InlineData("", 127, "Unknown")]
    public void Judge_OnlyExactlyTheLeasedDevices_AreProof(string output, long exitCode, string expected) =>
        Assert.Equal(expected, GpuProof.Judge(output, exitCode, ["GPU-a", "GPU-b"]).Verdict.ToString());
}
