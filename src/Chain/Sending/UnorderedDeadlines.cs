using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Following;

namespace ProviderAgent.Chain.Sending;

/// <summary>Until when transactions may wait. In unordered mode the moment also stands in for the sequence: each is used once only. Belongs to the sender's worker.</summary>
internal sealed class UnorderedDeadlines(TickMeter meter, IOptions<ChainOptions> options)
{
    // The chain allows ten minutes after its latest block; the rest is for a node that is a few blocks behind ours.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9);

    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Blocks that a transaction may wait; fewer than configured where the chain's ten minutes end sooner.</summary>
    public int TimeoutBlocks => options.Value.Unordered
        ? (int)Math.Clamp(Longest / meter.Clock.TickLength, 1, options.Value.TimeoutBlocks)
        : options.Value.TimeoutBlocks;

    /// <summary>A moment that no other transaction of this account has.</summary>
    /// <param name="blockTime">Time of the latest block; our own clock plays no part.</param>
    public Timestamp Next(DateTimeOffset blockTime)
    {
        // At random within a second, so that a run that was just killed has not used the same one.
        var next = blockTime + Longest + TimeSpan.FromTicks(RandomNumberGenerator.GetInt32((int)TimeSpan.TicksPerSecond));
        if (next <= _last) next = _last + TimeSpan.FromTicks(1);
        _last = next;
        return Timestamp.FromDateTimeOffset(next);
    }
}
