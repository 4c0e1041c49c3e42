using System.Globalization;
using ProviderAgent.Devnet.Errors;

namespace ProviderAgent.Devnet.Execution;

/// <summary>Counts what a transaction costs. The same work always costs the same, so a simulation tells what execution will use.</summary>
/// <param name="limit">Gas that the transaction pays for; <see cref="ulong.MaxValue"/> while simulating.</param>
internal sealed class GasMeter(ulong limit)
{
    // The store costs of the chain's framework: flat per access, and per byte of what is read or written.
    private const ulong ReadFlat = 1_000;
    private const ulong ReadPerByte = 3;
    private const ulong WriteFlat = 2_000;
    private const ulong WritePerByte = 30;
    private const ulong StepFlat = 30;

    // Orders, bids, leases and the like are also found by state, owner and parent: each write keeps these up to date. The number
    // is chosen so that a bid costs what bids are observed to cost on the real chain, 150 000 to 300 000.
    private const ulong Indexes = 8;

    public ulong Consumed { get; private set; }

    public ulong Limit { get; } = limit;

    /// <exception cref="TransactionException">The limit is exceeded.</exception>
    public void Consume(ulong amount, string location)
    {
        Consumed = checked(Consumed + amount);
        if (Consumed > Limit)
        {
            throw SdkErrors.OutOfGas.Because(string.Create(
                CultureInfo.InvariantCulture, $"out of gas in location: {location}; gasWanted: {Limit}, gasUsed: {Consumed}"));
        }
    }

    public void Read(int bytes)
    {
        Consume(ReadFlat, "ReadFlat");
        Consume(ReadPerByte * (ulong)bytes, "ReadPerByte");
    }

    public void Write(int bytes)
    {
        Consume(WriteFlat, "WriteFlat");
        Consume(WritePerByte * (ulong)bytes, "WritePerByte");
    }

    /// <summary>The index entries of a row: its id written once for each, the old entry read and deleted.</summary>
    public void Index(int idBytes)
    {
        for (var i = 0UL; i < Indexes; i++)
        {
            Read(idBytes);
            Write(idBytes);
        }
    }

    /// <summary>One step of a walk over a range.</summary>
    public void Step(int bytes)
    {
        Consume(StepFlat, "IterNextFlat");
        Consume(ReadPerByte * (ulong)bytes, "ReadPerByte");
    }
}
