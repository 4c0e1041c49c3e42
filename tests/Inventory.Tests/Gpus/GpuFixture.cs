using ProviderAgent.Inventory.Tests.Reservations;

namespace ProviderAgent.Inventory.Tests.Gpus;

/// <summary>A tracker over a book, fed with sweeps; self-tests are off unless a test wants them.</summary>
internal sealed class GpuFixture : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly InventoryMetrics _metrics;

    public GpuFixture()
    {
        Book = new BookFixture();
        Book.Options.Gpu.SelfTest = SelfTestLevel.Off;
        Options = new(Book.Options);
        _metrics = new(Book.Meters);
        Files = new(_root.Path);
        Sut = Create();
        _metrics.Observe(Sut, Book.Book);
    }

    public BookFixture Book { get; }

    public SettableOptions<InventoryOptions> Options { get; }

    public HostFiles Files { get; }

    public HashSet<uint> Tenants { get; } = [];

    public GpuTracker Sut { get; }

    public LogProbe<GpuTracker> Log { get; } = new();

    public ManualTimeProvider Time => Book.Time;

    public GpuStatus this[int number] => Book.Book.Snapshot.Gpus.Single(gpu => gpu.Card.Uuid == GpuMachine.Uuid(number));

    public IEnumerable<string> ForSale => Book.Book.Snapshot.Gpus.Where(gpu => gpu.State == "for_sale").Select(gpu => gpu.Card.Uuid);

    public GpuTracker Create() => new(Book.Book, new(Files, Tenants.Contains), GpuNames.BuiltIn, _metrics, Options, Time, Log);

    public static GpuReading Card(int number, uint pci = 0x268410DE, string name = "NVIDIA GeForce RTX 4090", ulong mebibytes = 24564) => new()
    {
        Index = number,
        Uuid = GpuMachine.Uuid(number),
        Name = name,
        PciBusId = $"00000000:{number:X2}:00.0",
        PciDeviceId = pci,
        MemoryTotal = mebibytes << 20,
        MemoryUsed = 0,
        TemperatureCelsius = 40,
        SlowdownCelsius = 90,
        UncorrectedEcc = 0,
        PcieWidth = 16,
        PcieMaxWidth = 16,
        Processes = [],
    };

    public void Sweep(params GpuReading[] readings) => Sut.Swept(new() { Source = "nvml", DriverVersion = "550.54.15", Gpus = readings });

    public void WriteProcess(uint pid, string name)
    {
        Directory.CreateDirectory(_root.File($"proc/{pid}"));
        File.WriteAllText(_root.File($"proc/{pid}/comm"), name + "\n");
    }

    public void Dispose()
    {
        _metrics.Dispose();
        Book.Dispose();
        _root.Dispose();
    }
}
