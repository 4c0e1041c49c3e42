using ProviderAgent.Inventory.Tests.Host;

namespace ProviderAgent.Inventory.Tests.Gpus;

public sealed class FallbackReaderTests : IDisposable
{
    private readonly FakeHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Complete_KernelModuleLoaded_TellsUuidAndAddress()
    {
        _host.Write("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\n");
        _host.Write("/proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA GeForce RTX 4090\nGPU UUID: \t GPU-11111111-1111-1111-1111-111111111111\nDevice Minor: \t 0\n");
        Device("0000:01:00.0", "0x10de", "0x030000", "0x2684", "nvidia");
        Device("0000:01:00.1", "0x10de", "0x040300", "0x22ba", "snd_hda_intel"); // its sound
        Device("0000:02:00.0", "0x10de", "0x030200", "0x2330", "vfio-pci");
        Device("0000:03:00.0", "0x8086", "0x030000", "0x4680", "i915");

        var sweep = Sut.Complete(new() { Source = "none", Code = NvmlReturn.LibraryNotFound });

        Assert.Equal(("proc", "550.54.15", 2), (sweep.Source, sweep.DriverVersion, sweep.Gpus.Count));
        Assert.Equal(("GPU-11111111-1111-1111-1111-111111111111", "00000000:01:00.0", 0x268410DEu, "nvidia"), (sweep.Gpus[0].Uuid, sweep.Gpus[0].PciBusId, sweep.Gpus[0].PciDeviceId, sweep.Gpus[0].KernelDriver));
        Assert.Equal(("", 0x233010DEu, "vfio-pci"), (sweep.Gpus[1].Uuid, sweep.Gpus[1].PciDeviceId, sweep.Gpus[1].KernelDriver));
    }

    [Fact]
    public void Complete_NothingThere_ChangesNothing()
    {
        var sweep = new GpuSweep { Source = "none", Code = NvmlReturn.LibraryNotFound };

        Assert.Equal("none", Sut.Complete(sweep).Source);
        Assert.Empty(Sut.Complete(sweep).Gpus);
    }

    [Fact]
    public void Complete_CardOnlyOnThePciBus_IsShownAndNotSold()
    {
        Device("0000:01:00.0", "0x10de", "0x030000", "0x2684", null);
        using var fixture = new GpuFixture();

        fixture.Sut.Swept(Sut.Complete(new() { Source = "none", Code = NvmlReturn.DriverNotLoaded }));

        var card = Assert.Single(fixture.Book.Book.Snapshot.Gpus);
        Assert.Equal(("pci-00000000:01:00.0", "rtx4090", "resting"), (card.Card.Uuid, card.Card.Model?.Name, card.State));
    }

    [Theory]
    [InlineData("0, GPU-1, NVIDIA H100, 00000000:1B:00.0, 0x233010DE, 1652, 81559, 4, 550.54.15, Disabled", 1)]
    [InlineData("0, GPU-1, NVIDIA H100, 00000000:1B:00.0, 0x233010DE, [N/A], [N/A], [Unknown Error], 550.54.15, [N/A]", 1)]
    [InlineData("Unable to determine the device handle for GPU 0000:1B:00.0: Unknown Error", 0)]
    [InlineData("0, GPU-1", 0)]
    [InlineData("x, GPU-1, a, b, c, d, e, f, g, h", 0)]
    public void SmiParse_Line_IsReadOrLeftOut(string line, int count) => Assert.Equal(count, SmiReader.Parse(line + "\n").Count);

    [Fact]
    public void SmiParse_GoodLine_TellsAll()
    {
        var (reading, driver) = Assert.Single(SmiReader.Parse("3, GPU-1, NVIDIA H100, 00000000:1B:00.0, 0x233010DE, 1652, 81559, 4, 550.54.15, Enabled"));

        Assert.Equal((3, 81559UL << 20, 0x233010DEu, true, "550.54.15"), (reading.Index, reading.MemoryTotal ?? 0, reading.PciDeviceId, reading.MigEnabled, driver));
    }

    private FallbackReader Sut => new(new HostFiles(_host.Root));

    private void Device(string address, string vendor, string kind, string device, string? driver)
    {
        var folder = $"/sys/bus/pci/devices/{address}";
        _host.Write($"{folder}/vendor", vendor + "\n");
        _host.Write($"{folder}/class", kind + "\n");
        _host.Write($"{folder}/device", device + "\n");
        if (driver is not null) _host.Link($"{folder}/driver", $"../../../../bus/pci/drivers/{driver}");
    }
}
