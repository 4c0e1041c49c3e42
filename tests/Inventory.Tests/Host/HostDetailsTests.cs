using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Host;

public sealed class HostDetailsTests : IDisposable
{
    private readonly FakeHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Measure_FullMachine_TellsItsParts()
    {
        _host.Write("/sys/devices/system/cpu/smt/active", "1\n");
        _host.Write("/proc/sys/kernel/osrelease", "6.12.0-amd64\n");
        _host.Write("/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       8388608 kB\nNode 0 MemFree: 1 kB\n");
        _host.Write("/sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:       8388608 kB\n");
        Disk("sda", 4, rotational: 1);
        Disk("sdb", 4, rotational: 0);
        Disk("nvme0n1", 4, rotational: 0);
        Disk("loop0", 4, rotational: 0);
        Disk("sdc", 0, rotational: 1);
        _host.Write("/sys/block/nvme0n1/device/model", "Fast Disk  \n");
        Interface("eno1", "up", "10000");
        Interface("eno2", "down", "-1");
        _host.Write("/sys/class/net/docker0/operstate", "up\n"); // no device behind it

        var details = _host.CreateSut().Measure().Details;

        Assert.Equal(("AuthenticAMD", 4, true, "6.12.0-amd64"), (details?.CpuVendor, details?.Threads ?? 0, details?.Smt, details?.Kernel));
        Assert.Equal([new(0, new(8 * ByteSize.GiB)), new(1, new(8 * ByteSize.GiB))], details?.NumaNodes ?? []);
        Assert.Equal([new("nvme0n1", "nvme", new(2048), "Fast Disk"), new("sda", "hdd", new(2048), ""), new("sdb", "ssd", new(2048), "")], details?.Disks ?? []);
        Assert.Equal([new("eno1", true, 10000), new("eno2", false, null)], details?.Interfaces ?? []);
    }

    [Fact]
    public void Measure_NothingReadable_LeavesDetailsOut()
    {
        var details = _host.CreateSut().Measure().Details;

        Assert.Equal(((bool?)null, "", 0, 0), (details?.Smt, details?.Kernel, details?.Disks.Count, details?.Interfaces.Count));
    }

    private void Disk(string name, long sectors, int rotational)
    {
        _host.Write($"/sys/block/{name}/size", $"{sectors}\n");
        _host.Write($"/sys/block/{name}/queue/rotational", $"{rotational}\n");
    }

    private void Interface(string name, string state, string speed)
    {
        _host.Write($"/sys/class/net/{name}/operstate", state + "\n");
        _host.Write($"/sys/class/net/{name}/speed", speed + "\n");
        _host.Link($"/sys/class/net/{name}/device", "../../../0000:01:00.0");
    }
}
