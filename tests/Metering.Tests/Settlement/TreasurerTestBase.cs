namespace ProviderAgent.Metering.Tests;

/// <summary>A market, books and a clock for a treasurer.</summary>
public abstract class TreasurerTestBase : IDisposable
{
    /// <summary>Ticks of six seconds.</summary>
    protected const long Day = 14_400;

    private readonly List<Treasurer> _made = [];

    protected TreasurerTestBase() => Books = new(Time);

    protected static LeaseId One { get; } = Sample.Lease(1);

    protected static LeaseId Two { get; } = Sample.Lease(2);

    private protected ManualTimeProvider Time { get; } = new(Sample.Epoch);

    private protected ScriptedMarket Market { get; } = new();

    private protected MemorySettlementLog Books { get; }

    private protected MemoryLog<Treasurer> Log { get; } = new();

    private protected FixedOptions<TreasuryOptions> Options { get; } = new(new());

    public void Dispose()
    {
        _made.ForEach(treasurer => treasurer.Dispose());
        GC.SuppressFinalize(this);
    }

    private protected Treasurer CreateSut(ISettlementLog? books = null)
    {
        var sut = new Treasurer(Market, books ?? Books, Options, Time, Sample.Metrics(), Log);
        _made.Add(sut);
        return sut;
    }

    /// <summary>Lets the market's clock and ours run together.</summary>
    protected void Pass(long ticks)
    {
        Market.Advance(ticks);
        Time.Advance(ticks * Market.Clock.TickLength);
    }
}
