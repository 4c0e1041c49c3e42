namespace ProviderAgent.Inventory.Tests.Gpus;

/// <summary>The real calls into a library that shows what the test writes.</summary>
[Collection(NvmlCollection.Name)]
public sealed class NvmlReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly GpuMachine _machine;
    private readonly NvmlReader _sut;

    public NvmlReaderTests()
    {
        _machine = FakeNvml.Use(_folder);
        var step = new ProbeStep(TimeProvider.System);
        _sut = new(new(step), step, new HostFiles(_folder.Path));
    }

    public void Dispose()
    {
        _sut.Stop();
        _folder.Dispose();
    }

    [NeedsFact("gcc")]
    public void Read_OneCard_TellsEverythingThatItTold()
    {
        var card = _machine.Add(1);
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["serial"] = "1652",
            ["minor"] = "3",
            ["used"] = "1048576",
            ["util"] = "40",
            ["power"] = "212500",
            ["limit"] = "450000",
            ["energy"] = "123456789",
            ["temperature"] = "54",
            ["slowdown"] = "90",
            ["sm"] = "1980",
            ["throttle"] = "4",
            ["gen"] = "4",
            ["width"] = "8",
            ["maxgen"] = "5",
            ["maxwidth"] = "16",
            ["ecc"] = "7",
            ["remap"] = "1 2 1 0",
            ["mig"] = "0",
            ["capability"] = "9.0",
        }) card[key] = value;
        card.More.Add("process=4242 1048576000");
        card.More.Add("process=4243 18446744073709551615");
        Directory.CreateDirectory(_folder.File("sys/bus/pci/devices/0000:01:00.0"));
        File.WriteAllText(_folder.File("sys/bus/pci/devices/0000:01:00.0/numa_node"), "1\n");
        _machine.Write();

        var sweep = _sut.Read();

        Assert.Equal(("nvml", NvmlReturn.Success, "550.54.15", "12.550.54.15", 12040), (sweep.Source, sweep.Code, sweep.DriverVersion, sweep.NvmlVersion, sweep.CudaVersion));
        var gpu = Assert.Single(sweep.Gpus);
        Assert.Equal([new(4242, 1048576000), new(4243, null)], gpu.Processes ?? []);
        Assert.Equal(
            new GpuReading
            {
                Index = 0,
                Uuid = GpuMachine.Uuid(1),
                Name = "NVIDIA GeForce RTX 4090",
                Serial = "1652",
                PciBusId = "00000000:01:00.0",
                PciDeviceId = 0x268410DE,
                Minor = 3,
                NumaNode = 1,
                MemoryTotal = 24564UL << 20,
                MemoryUsed = 1048576,
                MigEnabled = false,
                ComputeCapability = "9.0",
                UtilizationPercent = 40,
                MemoryUtilizationPercent = 20,
                PowerMilliwatts = 212500,
                PowerLimitMilliwatts = 450000,
                EnergyMillijoules = 123456789,
                TemperatureCelsius = 54,
                SlowdownCelsius = 90,
                SmClockMegahertz = 1980,
                MemoryClockMegahertz = 10501,
                ThrottleReasons = 4,
                PcieGeneration = 4,
                PcieWidth = 8,
                PcieMaxGeneration = 5,
                PcieMaxWidth = 16,
                UncorrectedEcc = 7,
                RemappedRows = new(1, 2, true, false),
            },
            gpu with { Processes = null });
    }

    [NeedsFact("gcc")]
    public void Read_NewestFormsMissing_AsksTheOlderOnes()
    {
        _machine.Add(1)["used"] = "5000000";
        foreach (var name in new[] { "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetPciInfo_v3" })
        {
            _machine.Library.Clear();
            _machine.Library.Add($"absent={name}");
            _machine.Write();

            var gpu = Assert.Single(_sut.Read().Gpus);

            Assert.Equal((5000000UL, 24564UL << 20, "00000000:01:00.0"), (gpu.MemoryUsed, gpu.MemoryTotal, gpu.PciBusId));
        }
    }

    [NeedsFact("gcc")]
    public void Read_DriverNotLoadedThenLoadedThenMismatched_SaysEach()
    {
        Assert.Equal(NvmlReturn.DriverNotLoaded, _sut.Read().Code);

        _machine.Add(1);
        _machine.Write();
        Assert.Single(_sut.Read().Gpus);

        _machine.Remove();
        Assert.Equal(("none", NvmlReturn.DriverNotLoaded), (_sut.Read().Source, _sut.Read().Code));

        _machine.Library.Add("init=18");
        _machine.Write();
        Assert.Equal(NvmlReturn.LibRmVersionMismatch, _sut.Read().Code);

        _machine.Library.Clear();
        _machine.Write();
        Assert.Single(_sut.Read().Gpus);
    }

    [NeedsFact("gcc")]
    public void Read_OneOfTwoLost_TellsTheOther()
    {
        _machine.Add(1)["fail.nvmlDeviceGetTemperature"] = "15";
        _machine.Add(2)["fail.nvmlDeviceGetPowerUsage"] = "3";
        _machine.Write();

        var gpus = _sut.Read().Gpus;

        Assert.Equal((NvmlReturn.GpuIsLost, "nvmlDeviceGetTemperature"), (gpus[0].Fault, gpus[0].FaultCall));
        Assert.Equal((NvmlReturn.Success, (uint?)null), (gpus[1].Fault, gpus[1].PowerMilliwatts));
    }

    [NeedsFact("gcc")]
    public void Read_ManyProcesses_AsksAgainWithMoreRoom()
    {
        var card = _machine.Add(1);
        for (var pid = 1; pid <= 100; pid++) card.More.Add($"process={pid} {pid}");
        _machine.Write();

        Assert.Equal(100, Assert.Single(_sut.Read().Gpus).Processes?.Count);
    }

    [NeedsFact("gcc")]
    public void Read_LinkedCards_TellsLinksOnceAndAgainWhenDevicesChange()
    {
        _machine.Add(1)["switch"] = "1";
        _machine.Add(2)["switch"] = "1";
        _machine.Add(3)["numa"] = "1";
        _machine.Library.Add($"nvlink={GpuMachine.Uuid(1)} {GpuMachine.Uuid(3)}");
        _machine.Write();

        Assert.Equal(
            [new(GpuMachine.Uuid(1), GpuMachine.Uuid(2), 20, false), new(GpuMachine.Uuid(1), GpuMachine.Uuid(3), 50, true), new(GpuMachine.Uuid(2), GpuMachine.Uuid(3), 50, false)],
            _sut.Read().Links ?? []);
        Assert.Null(_sut.Read().Links);

        _machine.Gpus.RemoveAt(0);
        _machine.Write();
        Assert.Single(_sut.Read().Links ?? []);
    }

    [NeedsFact("gcc")]
    public void WaitForXid_Reported_NamesDeviceAndCodeOnce()
    {
        _machine.Add(1);
        _machine.Add(2);
        _machine.Library.Add($"xid=1 {GpuMachine.Uuid(1)} 31");
        _machine.Write();
        _sut.Read();
        Assert.Null(_sut.WaitForXid(TimeSpan.FromMilliseconds(1), out var canWait)); // older than we are
        Assert.True(canWait);

        _machine.Library.Add($"xid=2 {GpuMachine.Uuid(2)} 79");
        _machine.Write();

        Assert.Equal(new XidReport(GpuMachine.Uuid(2), 79), _sut.WaitForXid(TimeSpan.FromSeconds(10), out _));
        Assert.Null(_sut.WaitForXid(TimeSpan.FromMilliseconds(1), out _));
    }
}
