using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Adapters;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;

namespace ProviderAgent.ProviderAgent.Tests.Gpus;

/// <summary>The inventory's services with the real probe process and a machine that changes under its feet.</summary>
public sealed class GpuServiceTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly GpuMachine _machine;
    private LedgerDatabase? _ledger;
    private IHost? _host;

    public GpuServiceTests() => _machine = new(_folder.File("gpus.conf"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [NeedsFact("gcc")]
    public async Task Machine_ChangesWhileWeRun_IsFollowed()
    {
        _machine.Add(1);
        _machine.Add(2);
        _machine.Add(3, "NVIDIA H100 80GB HBM3", "0x233010DE", 81559);
        _machine.Write();
        await StartAsync();
        await BecomeAsync("for_sale", "for_sale", "for_sale");

        // One reports that it fell off the bus, and is remembered.
        _machine.Library.Add($"xid=1 {GpuMachine.Uuid(2)} 79");
        _machine.Write();
        await BecomeAsync("for_sale", "quarantined", "for_sale");

        // Another vanishes and comes back as the first.
        var third = _machine.Gpus[2];
        _machine.Gpus.RemoveAt(2);
        _machine.Write();
        await BecomeAsync("for_sale", "quarantined", "lost");
        _machine.Gpus.Insert(0, third);
        _machine.Write();
        await BecomeAsync("for_sale", "quarantined", "for_sale");
        Assert.Equal(0, Snapshot.Gpus[2].Card.Index);

        // The driver goes and comes back.
        _machine.Remove();
        await BecomeAsync("resting", "quarantined", "resting");
        _machine.Write();
        await BecomeAsync("for_sale", "quarantined", "for_sale");

        // The library hangs: a finding, and nothing is sold; then it answers again.
        _machine.Library.Add("hang=nvmlDeviceGetUUID");
        _machine.Write();
        await BecomeAsync("resting", "quarantined", "resting");
        Assert.Contains("does not answer", Snapshot.Gpus[0].Reason, StringComparison.Ordinal);
        _machine.Library.RemoveAt(_machine.Library.Count - 1);
        _machine.Write();
        await BecomeAsync("for_sale", "quarantined", "for_sale");

        // After a restart the quarantine stands.
        await StopAsync();
        await StartAsync();
        await BecomeAsync("for_sale", "quarantined", "for_sale");
        await _host!.Services.GetRequiredService<IGpuDesk>().RestoreAsync(GpuMachine.Uuid(2), default);
        await BecomeAsync("for_sale", "for_sale", "for_sale");
    }

    [NeedsFact("gcc")]
    public async Task EightCards_OfThreeModels_AreEachShownAsTheyAre()
    {
        _machine.Add(1);
        _machine.Add(2);
        _machine.Add(3, "NVIDIA H100 80GB HBM3", "0x233010DE", 81559);
        _machine.Add(4, "Tesla T4", "0x1EB810DE", 15360);
        _machine.Add(5)["fail"] = "15";
        _machine.Add(6, "NVIDIA GeForce RTX 5099", "0x2BFF10DE", 32607);
        _machine.Add(7)["mig"] = "1";
        _machine.Add(8)["memory"] = ulong.MaxValue.ToString(CultureInfo.InvariantCulture);
        _machine.Write();
        await StartAsync();
        await Eventually.BecomesTrueAsync("the cards to be seen", () => Find(2)?.State == "for_sale");
        _machine.Library.Add($"xid=1 {GpuMachine.Uuid(2)} 79");
        _machine.Write();

        // The fifth never says who it is, so it is known by nothing and sold to nobody.
        await Eventually.BecomesTrueAsync("the XID to arrive", () => Find(2)?.State == "quarantined");
        Assert.Equal(
            [(1, "for_sale"), (2, "quarantined"), (3, "for_sale"), (4, "for_sale"), (6, "resting"), (7, "resting"), (8, "quarantined")],
            Enumerable.Range(1, 8).Where(number => Find(number) is not null).Select(number => (number, Find(number)!.State)));
        Assert.Equal("XID 79: fallen off the bus", Find(2)!.Reason);
        Assert.Equal(new GpuModel("h100", 80, "sxm"), Find(3)!.Card.Model);
        Assert.Contains("derived name is 'rtx5099'", Find(6)!.Reason, StringComparison.Ordinal);
        Assert.StartsWith("MIG is on", Find(7)!.Reason, StringComparison.Ordinal);
        Assert.Equal(("reports impossible memory: 18446744073709551615 bytes", 0L), (Find(8)!.Reason, Find(8)!.Card.MemoryBytes));
        Assert.Equal(3, Snapshot[ResourceKind.Gpu].Total);

        // Once it has been seen whole, a device that falls off the bus keeps its name and is shown as lost.
        _machine.Gpus[4].Remove("fail");
        _machine.Write();
        await Eventually.BecomesTrueAsync("the fifth to be seen", () => Find(5)?.State == "for_sale");
        _machine.Gpus[4]["fail.nvmlDeviceGetTemperature"] = "15";
        _machine.Write();
        await Eventually.BecomesTrueAsync("the fifth to be lost", () => Find(5)?.State == "lost");

        GpuStatus? Find(int number) => Snapshot.Gpus.FirstOrDefault(gpu => gpu.Card.Uuid == GpuMachine.Uuid(number));
    }

    [NeedsFact("gcc")]
    public async Task SelfTest_BrokenCard_IsNeverForSale()
    {
        _machine.Add(1);
        _machine.Write();
        File.WriteAllText(_folder.File("cuda.conf"), $"uuid={GpuMachine.Uuid(1)}\nstuck_bit=5 7\n");

        await StartAsync(SelfTestLevel.Quick);

        await BecomeAsync("quarantined");
        Assert.StartsWith("self-test failed: 1 words of memory", Snapshot.Gpus[0].Reason, StringComparison.Ordinal);

        File.WriteAllText(_folder.File("cuda.conf"), $"uuid={GpuMachine.Uuid(1)}\n");
        var desk = _host!.Services.GetRequiredService<IGpuDesk>();
        await desk.RestoreAsync(GpuMachine.Uuid(1), default);
        await BecomeAsync("for_sale");
        Assert.Equal(SelfTestOutcome.Passed, (await desk.TestAsync(GpuMachine.Uuid(1), SelfTestLevel.Quick, default)).Outcome);
        await Assert.ThrowsAsync<GpuRefusedException>(() => desk.TestAsync("GPU-x", SelfTestLevel.Quick, default));
    }

    private InventorySnapshot Snapshot => _host!.Services.GetRequiredService<IReservationBook>().Snapshot;

    private Task BecomeAsync(params string[] states) => Eventually.BecomesTrueAsync(
        $"{string.Join(", ", states)}", () => Snapshot.Gpus.Select(gpu => gpu.State).SequenceEqual(states), TimeSpan.FromMinutes(1));

    private async Task StartAsync(SelfTestLevel level = SelfTestLevel.Off)
    {
        _ledger = LedgerDatabase.Open(_folder.File("state"), TimeProvider.System, NullLogger.Instance);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<EngineDataFolder>(() => _folder.Path);
        builder.Services.AddSingleton<IGpuStore>(new GpuStores(_ledger.Gpus));

        // Variables reach the probe by way of 'env', so that this process keeps its own.
        builder.Services.AddSingleton(new ProbeCommand(
            "env",
            [
                $"LD_LIBRARY_PATH={GpuFakes.Folder}", $"FAKE_NVML_CONFIG={_machine.File}", $"FAKE_CUDA_CONFIG={_folder.File("cuda.conf")}",
                "dotnet", Path.Combine(AppContext.BaseDirectory, "provider-agent.dll"), .. ProbeCommand.Verb,
            ]));
        builder.Services.AddInventory();
        builder.Services.Configure<InventoryOptions>(options => options.Gpu = new() { Probe = GpuProbing.Always, SelfTest = level, ProbeInterval = TimeSpan.FromSeconds(1) });
        _host = builder.Build();
        await _host.StartAsync();
    }

    private async Task StopAsync()
    {
        if (_host is null) return;
        await _host.StopAsync();
        _host.Dispose();
        _host = null;
        if (_ledger is not null) await _ledger.DisposeAsync();
    }
}
