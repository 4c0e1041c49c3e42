using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Reservations;

/// <summary>A book over a measured host of 8 threads, 16 GiB of memory and 100 GiB of free disk, nothing kept back.</summary>
internal sealed class BookFixture : IDisposable
{
    private readonly InventoryMetrics _metrics;

    public BookFixture()
    {
        _metrics = new(Meters);
        Book = new(Time, _metrics, Log, () => Passthrough);
        _metrics.Observe(Book);
        Measure();
    }

    public ManualTimeProvider Time { get; } = new();

    public MeterProbe Meters { get; } = new();

    public LogProbe<ReservationBook> Log { get; } = new();

    public ReservationBook Book { get; }

    public InventoryOptions Options { get; } = new() { Keep = new() { Cpu = new(0), Memory = new(0), Storage = new(0) } };

    /// <summary>Why containers cannot get GPUs; null when they can.</summary>
    public string? Passthrough { get; set; }

    public static TimeSpan Lifetime => TimeSpan.FromMinutes(10);

    public void Measure(long milli = 8000, long memory = 16 * ByteSize.GiB, long disk = 100 * ByteSize.GiB) =>
        Book.Measured(new(new(milli), "Test CPU", new(memory), "/data", new(1000 * ByteSize.GiB), new(disk), [], Time.GetUtcNow()), Options);

    public ReserveOutcome Reserve(int order, GroupSpec group) => Book.TryReserve(Groups.Order(order), group, Lifetime);

    public ReservationRefusal Refusal(int order, GroupSpec group) => Assert.IsType<ReserveOutcome.Refused>(Reserve(order, group)).Refusal;

    public void Dispose()
    {
        _metrics.Dispose();
        Meters.Dispose();
    }
}
